import { Trans } from "@lingui/react/macro";
import { Link } from "wouter";
import { useLiveDatasource } from "../../live/live.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";

/** Where the account is connected already: the way to it, or to its cure. */
export function StandsAlready({ id }: { id: string }) {
  const { organisation } = usePlace();
  const datasource = useLiveDatasource(id);
  if (!datasource) return null;
  const { name, platform, connection } = datasource;
  return connection?.isDead ? (
    <Link className="btn s" href={to.reauthorize(organisation.slug, platform.name, id)}>
      <Trans>Reauthorize {name}</Trans>
    </Link>
  ) : (
    <Link className="btn s" href={to.datasource(organisation.slug, id)}>
      <Trans>Open {name}</Trans>
    </Link>
  );
}

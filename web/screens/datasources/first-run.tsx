import { Trans } from "@lingui/react/macro";
import { Link } from "wouter";
import { Icon } from "../../parts/icon.tsx";
import { to } from "../../routes.ts";
import { useMay, usePlace } from "../../shell/organisation.tsx";

/** One sentence on what will be here, one thing to do. */
export function FirstRun() {
  const { organisation } = usePlace();
  const mayConnect = useMay("CONNECT_DATASOURCE");
  return (
    <div className="first">
      <p>
        <Trans>
          What you connect stands here, with how far its numbers reach. A store first: most finish in 5–15 minutes.
        </Trans>
      </p>
      {mayConnect && (
        <Link className="btn pri" href={to.connect(organisation.slug, "shopify")}>
          <Icon name="plus" />
          <Trans>Connect Shopify</Trans>
        </Link>
      )}
    </div>
  );
}

import { Trans } from "@lingui/react/macro";
import { Link } from "wouter";
import { useMore } from "../../parts/and-more.tsx";
import { comesInFiles, to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import type { LivingGrant } from "./access-review.documents.ts";
import type { Choice } from "./decided.ts";

/** A grant ends with the last datasource that stands on it; each is disconnected on its own page. */
export function WhereDone({ choice, living: { platform, datasources } }: { choice: Choice; living: LivingGrant }) {
  const { organisation } = usePlace();
  const { shown, more } = useMore(datasources);
  const [first] = datasources;
  if (!first) return null;
  if (choice === "REDUCE")
    return (
      <Link href={to.datasource(organisation.slug, first.id, "access")}>
        <Trans>See which scopes can go, and how</Trans>
      </Link>
    );
  if (choice === "ROTATE")
    return (
      <Link href={to.reauthorize(organisation.slug, platform.name, first.id)}>
        <Trans>Paste a new key</Trans>
      </Link>
    );
  if (comesInFiles(platform.method))
    return (
      <Link href={to.datasource(organisation.slug, first.id, "files")}>
        <Trans>End it among its files</Trans>
      </Link>
    );
  return (
    <>
      {shown.map(({ id, name }, n) => (
        <span key={id}>
          {n > 0 && " · "}
          <Link href={to.asking(organisation.slug, id, "disconnect")}>
            <Trans>Disconnect {name}…</Trans>
          </Link>
        </span>
      ))}{" "}
      {more}
    </>
  );
}

/** Where a token is revoked. */
export function AtTokens() {
  const { organisation } = usePlace();
  return (
    <Link href={to.tokens(organisation.slug)}>
      <Trans>Revoke it under API tokens</Trans>
    </Link>
  );
}

import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "urql";
import { Link } from "wouter";
import { useLive } from "../../live/live.tsx";
import type { LiveState } from "../../live/live-store.ts";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { type NextKind, nextSources } from "./next-sources.ts";
import { WelcomeCatalogQuery } from "./welcome.documents.ts";

const reasons: Record<NextKind, MessageDescriptor> = {
  shop: msg`Add what you sell on next: what everything else brought stands beside its orders.`,
  ads: msg`Add where you advertise next: what was spent stands beside what was sold.`,
  mail: msg`Add what you send e-mail with: what it brought stands beside what was sold.`,
  costs: msg`Add what your goods cost: costs stand beside what was sold.`,
};

/** By their names: a tick of numbers changes none of them. */
const connectedPlatforms = ({ byId }: LiveState): string =>
  [...byId.values()]
    .flatMap(({ disconnectedAt, platform }) => (disconnectedAt === null ? platform.name : []))
    .join(" ");

/** What is missing beside what is connected, and why it is worth adding. */
export function NextSuggestions() {
  const { t } = useLingui();
  const { organisation } = usePlace();
  const connected = useLive(connectedPlatforms).split(" ");
  const [{ data }] = useQuery({ query: WelcomeCatalogQuery });
  const catalog = data?.catalog ?? [];
  const next = nextSources(
    catalog,
    catalog.filter(({ name }) => connected.includes(name)),
  );
  if (next.length === 0) return null;
  return (
    <ul className="ls">
      {next.map(({ kind, platform }) => (
        <li key={kind}>
          <span className="grow">{t(reasons[kind])}</span>
          <Link className="btn s" href={to.connect(organisation.slug, platform.name)}>
            <Trans>Connect {platform.title}</Trans>
          </Link>
        </li>
      ))}
    </ul>
  );
}

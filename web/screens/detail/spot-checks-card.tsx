import { Trans } from "@lingui/react/macro";
import { useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Icon } from "../../parts/icon.tsx";
import { LoadFailed } from "../../parts/states.tsx";
import { SpotChecksQuery, type SpotCheck } from "./spot-checks.documents.ts";
import { isCheckedNext } from "./first-check.ts";
import { timelineKey } from "./timeline-key.ts";
import { useRefresh } from "../../live/use-refresh.ts";
import "./spot-checks.css";

const newest = 8;

/** Our number beside the source's own, day by day: whether it can be believed, without asking anybody. */
export function SpotChecksCard({ datasource }: { datasource: LiveDatasource }) {
  const [{ data, error }, refresh] = useQuery({
    query: SpotChecksQuery,
    variables: { id: datasource.id, first: newest },
    requestPolicy: "cache-and-network",
  });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  useRefresh(timelineKey(datasource), again);
  const checks = data?.datasource?.spotChecks.nodes;
  if (!checks && !error) return null;
  if (checks?.length === 0 && !isCheckedNext(datasource)) return null;
  return (
    <section className="card" aria-labelledby="checks">
      <header>
        <h2 id="checks">
          <Trans>Our numbers beside the source’s own</Trans>
        </h2>
      </header>
      {!checks ? (
        <LoadFailed error={error ?? null} onRetry={again} what={<Trans>The checks could not be read.</Trans>} />
      ) : checks.length === 0 ? (
        <p className="none sm dim">
          <Trans>The first check comes with the next sync.</Trans>
        </p>
      ) : (
        <ChecksTable checks={checks} />
      )}
    </section>
  );
}

function ChecksTable({ checks }: { checks: readonly SpotCheck[] }) {
  return (
    <table className="checks folds">
      <caption className="vh">
        <Trans>Our numbers beside the source’s own</Trans>
      </caption>
      <thead>
        <tr>
          <th scope="col">
            <Trans>Day</Trans>
          </th>
          <th scope="col">
            <Trans comment="which number is compared">Number</Trans>
          </th>
          <th scope="col" className="r">
            <Trans comment="our own number">Ours</Trans>
          </th>
          <th scope="col" className="r">
            <Trans comment="the source's own number">At the source</Trans>
          </th>
          <th scope="col">
            <Trans comment="whether the two numbers are equal">Result</Trans>
          </th>
        </tr>
      </thead>
      <tbody>
        {checks.map((check) => (
          <CheckRow key={`${check.day} ${check.metric} ${check.currency ?? ""}`} check={check} />
        ))}
      </tbody>
    </table>
  );
}

/** A figure of a check, in its currency where it is money. */
export function useShown({ currency }: Pick<SpotCheck, "currency">): (value: string | null) => string {
  const format = useFormat();
  return (value) => (value === null ? "–" : currency === null ? format.count(value) : format.money(value, currency));
}

function CheckRow({ check }: { check: SpotCheck }) {
  const format = useFormat();
  const { day, title, ours, theirs } = check;
  const shown = useShown(check);
  return (
    <tr>
      <td className="nowrap">{format.day(day)}</td>
      <td>{title}</td>
      <td className="r num cmp">
        <span className="lbl xs faint">
          <Trans comment="our own number">Ours</Trans>
        </span>
        {shown(ours)}
      </td>
      <td className="r num cmp">
        <span className="lbl xs faint">
          <Trans comment="the source's own number">At the source</Trans>
        </span>
        {shown(theirs)}
      </td>
      <td>
        <CheckState check={check} shown={shown} />
      </td>
    </tr>
  );
}

export function CheckState({ check, shown }: { check: SpotCheck; shown: (value: string | null) => string }) {
  switch (check.state) {
    case "EQUAL":
      return (
        <span className="st ok">
          <Icon name="tick" />
          <Trans comment="our number equals the source's own">Equal</Trans>
        </span>
      );
    case "DIFFERENT":
      return (
        <span className="st pill warnp">
          <Icon name="warning" />
          <Trans comment="how far our number is from the source's own">Off by {shown(check.difference)}</Trans>
        </span>
      );
    case "NOT_SETTLED":
      return (
        <span className="st">
          <Icon name="clock" />
          <Trans comment="the source may still change this day">Not settled yet</Trans>
        </span>
      );
    case "NO_FIGURE":
      return (
        <span className="st">
          <Icon name="dashed" />
          <Trans comment="the source has no number of its own for this day">No figure there</Trans>
        </span>
      );
  }
}

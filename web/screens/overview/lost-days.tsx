import { Trans } from "@lingui/react/macro";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import type { OverviewData } from "./overview.documents.ts";
import { addDays } from "./ranges.ts";

/** Days of the range that counted from what was replaced, whose data is deleted: who counts, and from which day on. */
export function LostDays({ sources, range }: Pick<OverviewData, "sources" | "range">) {
  const format = useFormat();
  const { organisation } = usePlace();
  return sources.map(({ datasource: { id, name, countsFrom }, lost }) => {
    if (!lost || countsFrom === null || countsFrom <= range.from) return null;
    const last = addDays(countsFrom, -1);
    const days = format.dayRange(range.from, last < range.to ? last : range.to);
    const at = lost.dataDeletedAt ?? lost.deletesDataAt;
    const when = at ? format.whenWithin(at) : "";
    const by = lost.deletesDataBy?.name;
    const other = lost.name;
    const from = format.day(countsFrom);
    return (
      <section key={id} className="card first">
        <p>
          {by ? (
            <Trans>
              {days}: this counted from {other}, whose data was deleted {when}, as {by} chose.
            </Trans>
          ) : (
            <Trans>
              {days}: this counted from {other}, whose data was deleted {when}.
            </Trans>
          )}{" "}
          <Trans>
            Days from {from} on count from <Link href={to.datasource(organisation.slug, id)}>{name}</Link>.
          </Trans>
        </p>
      </section>
    );
  });
}

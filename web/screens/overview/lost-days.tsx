import { Trans } from "@lingui/react/macro";
import { Fragment } from "react";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { daysLost, type LostDaysOf } from "./days-lost.ts";
import type { OverviewData } from "./overview.documents.ts";

/** Days of the range that counted from what was replaced, whose data is deleted: who counts, and from which day on. */
export function LostDays({ sources, range }: Pick<OverviewData, "sources" | "range">) {
  const format = useFormat();
  const { organisation } = usePlace();
  return sources.map(({ datasource, lost }) => {
    const { id, name, countsFrom } = datasource;
    const gone = daysLost(datasource, lost, range);
    if (gone.length === 0 || countsFrom === null) return null;
    const from = format.day(countsFrom);
    return (
      <section key={id} className="card first">
        <p>
          {gone.map((one) => (
            <Fragment key={one.source.id}>
              <Lost {...one} />{" "}
            </Fragment>
          ))}
          <Trans>
            Days from {from} on count from <Link href={to.datasource(organisation.slug, id)}>{name}</Link>.
          </Trans>
        </p>
      </section>
    );
  });
}

function Lost({ source, first, last }: LostDaysOf) {
  const format = useFormat();
  const days = format.dayRange(first, last);
  const at = source.dataDeletedAt ?? source.deletesDataAt;
  const when = at ? format.whenWithin(at) : "";
  const by = source.deletesDataBy?.name;
  const other = source.name;
  return by ? (
    <Trans>
      {days}: this counted from {other}, whose data was deleted {when}, as {by} chose.
    </Trans>
  ) : (
    <Trans>
      {days}: this counted from {other}, whose data was deleted {when}.
    </Trans>
  );
}

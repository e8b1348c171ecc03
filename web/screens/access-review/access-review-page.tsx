import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "urql";
import { Link } from "wouter";
import { dayOf, daysBetween } from "../../format/day-of.ts";
import { useFormat } from "../../language.tsx";
import { useLive } from "../../live/live.tsx";
import type { LiveState } from "../../live/live-store.ts";
import { useRefresh } from "../../live/use-refresh.ts";
import { useMore } from "../../parts/and-more.tsx";
import { Glyph } from "../../parts/glyph.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { to } from "../../routes.ts";
import { NotYours, useAdmins } from "../../shell/not-yours.tsx";
import { useMay, usePlace } from "../../shell/organisation.tsx";
import { PageHeading, usePageTitle } from "../../shell/page.tsx";
import { type GrantCalendar, GrantCalendarQuery, type GrantEnding } from "./access-review.documents.ts";
import { CalendarAddress } from "./calendar-address.tsx";
import { shownDays, urgencyOf, warnedAt, weeksFrom } from "./calendar-days.ts";
import { LivingGrants } from "./living-grants.tsx";
import { People, Tokens } from "./people-and-tokens.tsx";
import { ReviewHead, SignedReviews } from "./review-head.tsx";
import { StillToDo } from "./still-to-do.tsx";
import { UnusedAccess } from "./unused-access.tsx";
import "./access-review.css";

export function AccessReviewPage() {
  return useMay("MANAGE_DATASOURCES") ? <Review /> : <AskForReview />;
}

function AskForReview() {
  const { t } = useLingui();
  const names = useAdmins();
  return (
    <NotYours title={t`Access review`} about="SEE_ACCESS_REVIEW">
      <Trans>Whose sign-in each datasource stands on, and when it ends. Admins can open it: ask {names}.</Trans>
    </NotYours>
  );
}

/** A grant comes and goes with the access of a datasource, or with what somebody asked of it. */
function accessOf({ byId }: LiveState): string {
  return [...byId.values()]
    .map(({ id, connection, commands }) =>
      [
        id,
        connection?.status,
        connection?.reason?.since,
        ...commands.map((given) => `${given.id}${given.state}`),
      ].join(),
    )
    .join(" ");
}

function Review() {
  const { t } = useLingui();
  usePageTitle(t`Access review`);
  const [{ data, error }, refresh] = useQuery({
    query: GrantCalendarQuery,
    variables: { days: shownDays },
    requestPolicy: "cache-and-network",
  });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  useRefresh(useLive(accessOf), again);
  return (
    <>
      <div className="ph">
        <div>
          <PageHeading>
            <Trans>Access review</Trans>
          </PageHeading>
          <p className="dim">
            <Trans>Who and what can still reach your data: decided one by one, then signed.</Trans>
          </p>
        </div>
        {data?.organisation && <ReviewHead review={data.organisation.accessReview} />}
      </div>
      {data?.organisation ? (
        <CalendarView calendar={data.organisation} />
      ) : error ? (
        <LoadFailed error={error} onRetry={again} what={<Trans>The grants could not be read.</Trans>} />
      ) : (
        <Skeleton>
          <div className="card skmap" />
        </Skeleton>
      )}
    </>
  );
}

function CalendarView({ calendar }: { calendar: GrantCalendar }) {
  const { organisation } = usePlace();
  const endings = calendar.grantCalendar.map((ending) => {
    const day = dayOf(ending.endsAt, organisation.zone);
    return { ending, day, daysLeft: daysBetween(calendar.today, day) };
  });
  const { rows, signed } = calendar.accessReview;
  return (
    <div className="stack">
      <StillToDo review={calendar.accessReview} />
      <LivingGrants rows={rows.filter(({ grant }) => grant)} />
      <People rows={rows.filter(({ member }) => member)} />
      <Tokens rows={rows.filter(({ token }) => token)} />
      <section className="card pad" aria-labelledby="calendar">
        <div className="row wrap">
          <h2 id="calendar" className="grow">
            <Trans>Grants that end in the next 90 days</Trans>
          </h2>
          <CalendarAddress organisation={calendar.id} madeAt={calendar.calendarAddressMadeAt} />
        </div>
        <Grid today={calendar.today} days={new Map(endings.map(({ day, daysLeft }) => [day, daysLeft]))} />
        {endings.length === 0 ? (
          <p className="sm dim">
            <Trans>None. Grants that renew themselves are not listed.</Trans>
          </p>
        ) : (
          <ul className="ls endings">
            {endings.map(({ ending, daysLeft }) => (
              <EndingLine key={keyOf(ending)} ending={ending} daysLeft={daysLeft} />
            ))}
          </ul>
        )}
        <p className="xs faint">
          <Trans>Admins are told {warnedAt.join(", ")} days before, here and by mail.</Trans>
        </p>
      </section>
      <UnusedAccess />
      <SignedReviews signed={signed} />
    </div>
  );
}

/** One holder may have several that end in the same second. */
const keyOf = ({ platform, datasources, holder, endsAt }: GrantEnding): string =>
  [platform.id, ...datasources.map(({ id }) => id), holder, endsAt].join(" ");

/** The same as the list below, as a shape: which weeks are busy. */
function Grid({ today, days }: { today: string; days: ReadonlyMap<string, number> }) {
  const format = useFormat();
  return (
    <div className="gcal" aria-hidden="true">
      {weeksFrom(today, shownDays).map((week, n) => (
        <div key={week[0]} className="gweek">
          {week.map((day) => {
            const left = days.get(day);
            return <i key={day} className={left === undefined ? "" : urgencyOf(left)} title={format.day(day)} />;
          })}
          {/* A word each month: more would not fit a phone. */}
          <span className="xs faint nowrap">
            {n % 4 === 0 ? format.day(week[0] ?? today, { year: false }) : "\u00a0"}
          </span>
        </div>
      ))}
    </div>
  );
}

function EndingLine({ ending, daysLeft }: { ending: GrantEnding; daysLeft: number }) {
  const format = useFormat();
  const { organisation } = usePlace();
  const { platform, holder, endsAt, datasources, warnedAt: told } = ending;
  const { shown, more } = useMore(datasources);
  const urgency = urgencyOf(daysLeft);
  const tone = { ended: "bad", now: "bad", soon: "warn", later: "faint" }[urgency];
  return (
    <li>
      <Glyph title={platform.title} category={platform.category} />
      <div className="grow">
        <b>{holder}</b> · {platform.title}
        <p className="xs faint">
          {shown.map(({ id, name }, n) => (
            <span key={id}>
              {n > 0 && ", "}
              <Link href={to.datasource(organisation.slug, id, "access")}>{name}</Link>
            </span>
          ))}{" "}
          {more}
          {told.length > 0 && (
            <>
              {" · "}
              <Trans>last told {format.whenWithin(told.at(-1) ?? endsAt)}</Trans>
            </>
          )}
        </p>
      </div>
      <span className={`${tone} nowrap`}>
        {urgency === "ended" ? (
          <Trans>ended {format.whenWithin(endsAt)}</Trans>
        ) : (
          <Trans>ends {format.whenWithin(endsAt)}</Trans>
        )}
      </span>
    </li>
  );
}

import { expect, test } from "vitest";
import type { SliceSpec } from "../../contract.ts";
import { nameOfDays } from "../../records.ts";
import type { SourceRequest } from "../../session.ts";
import { failureOf } from "../../testing/failure-of.ts";
import { makeScriptedSession, type Scripted } from "../../testing/scripted.ts";
import { messagesByDay } from "./messages-by-day.ts";

const slice: SliceSpec = {
  mode: "history",
  from: new Date("2026-11-17T00:00:00Z"),
  to: new Date("2026-11-18T00:00:00Z"),
  urgent: true,
};
const counted = { dimensions: ["", ""], measurements: { count: [3], unique: [3], sum_value: [0] } };
const oneDay = JSON.stringify({ data: { attributes: { dates: ["2026-11-17T00:00:00+00:00"], data: [counted] } } });
const notFound = JSON.stringify({ errors: [{ id: "1", code: "not_found", title: "x", detail: "No such metric." }] });
const askedOf = ({ body }: SourceRequest): string | null =>
  body === undefined ? null : JSON.parse(body).data.attributes.metric_id;

/** The second list no longer has what `isDeleted` says. */
function scriptOf(isDeleted: boolean): (request: SourceRequest) => Scripted {
  let lists = 0;
  return (request) => {
    const metricId = askedOf(request);
    if (metricId === "opened") return { status: 404, body: notFound };
    if (metricId !== null) return { body: oneDay };
    lists += 1;
    const names = { clicked: "Clicked Email", opened: "Opened Email", received: "Received Email" };
    const data = Object.entries(names)
      .filter(([id]) => lists === 1 || !isDeleted || id !== "opened")
      .map(([id, name]) => ({ type: "metric", id, attributes: { name, integration: { name: "Klaviyo" } } }));
    return { body: JSON.stringify({ data, links: { next: null } }) };
  };
}

async function partsOf(session: ReturnType<typeof makeScriptedSession>): Promise<string[]> {
  const parts: string[] = [];
  for await (const page of messagesByDay.pages?.(session, slice, null) ?? [])
    if (page.kind === "records")
      parts.push(...page.records.flatMap((record) => (record.kind === "messageDay" ? [record.part] : [])));
  return parts;
}

test("a metric that is deleted between the list and its turn costs no other one its days", async () => {
  expect(await partsOf(makeScriptedSession(scriptOf(true)))).toEqual(["clicked", "received"]);
});

test("a metric that is there and still not found is a failure", async () => {
  expect(await failureOf(partsOf(makeScriptedSession(scriptOf(false))))).toMatchObject({ code: "klaviyo.gone" });
});

test("a row that fits no day goes by the days that were asked for", async () => {
  const short = { ...counted, measurements: { ...counted.measurements, count: [] } };
  const spoiled = JSON.stringify({ data: { attributes: { dates: ["2026-11-17T00:00:00+00:00"], data: [short] } } });
  const script = scriptOf(false);
  const session = makeScriptedSession((request) =>
    askedOf(request) === "clicked" ? { body: spoiled } : askedOf(request) === null ? script(request) : { body: oneDay },
  );
  const rejected: (string | null)[] = [];
  for await (const page of messagesByDay.pages?.(session, slice, null) ?? [])
    if (page.kind === "records") rejected.push(...page.rejected.map(({ id }) => id));
  expect(rejected).toEqual([nameOfDays({ part: "clicked", from: "2026-11-17", until: "2026-11-18" })]);
});

/** 450 messages on each of two days; what is more than 500 rows is left out, and nothing leads on to it. */
function cutShort(request: SourceRequest): Scripted {
  if (askedOf(request) === null) {
    const one = {
      type: "metric",
      id: "opened",
      attributes: { name: "Opened Email", integration: { name: "Klaviyo" } },
    };
    return { body: JSON.stringify({ data: [one], links: { next: null } }) };
  }
  const [from = "", until = ""] = /\d{4}-\d\d-\d\d.*?(\d{4}-\d\d-\d\d)/.exec(request.body ?? "") ?? [];
  const asked = ["2026-11-16", "2026-11-17"].filter((day) => day >= from.slice(0, 10) && day < until);
  const data = asked.flatMap((day) =>
    Array.from({ length: 450 }, (_none, n) => {
      const count = asked.map((each) => (each === day ? 1 : 0));
      return { dimensions: ["", `${day}-${n}`], measurements: { count, unique: count, sum_value: count.map(() => 0) } };
    }),
  );
  const attributes = { dates: asked.map((day) => `${day}T00:00:00+00:00`), data: data.slice(0, 500) };
  return {
    body: JSON.stringify({ data: { attributes }, links: { self: "https://a.klaviyo.com/api/metric-aggregates" } }),
  };
}

test("a full page that leads nowhere may be cut short: its days are asked for in halves", async () => {
  const session = makeScriptedSession(cutShort);
  const ids = new Set<string>();
  const whole: string[] = [];
  for await (const page of messagesByDay.pages?.(session, { ...slice, from: new Date("2026-11-16T00:00:00Z") }, null) ??
    []) {
    if (page.kind !== "records") continue;
    for (const { id } of page.records) ids.add(id);
    whole.push(...(page.whole ?? []).map(({ from, until }) => `${from} ${until}`));
  }
  expect(ids.size).toBe(900);
  expect(whole).toEqual(["2026-11-17 2026-11-18", "2026-11-16 2026-11-17"]);
});

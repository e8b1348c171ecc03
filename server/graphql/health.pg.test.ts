// Whether anything is fetched, and since when not: in the day and hour of whoever reads it.
import { expect, test } from "vitest";
import { dayIn } from "../reading/days.ts";
import { ownApi } from "../testing/own-api.ts";
import { signUp } from "../testing/visitor.ts";

const zone = "Asia/Kolkata";
const api = ownApi({ daysIn: zone });

test("that a worker is silent is told with the hour of the brand's own day, and nothing is told while both are there", async () => {
  const owner = await signUp(api);
  const { sql } = api.owner;
  const told = async () => (await owner.ask("{ systemHealth { isFetching message } }")).data.systemHealth;
  const seen = async (at: Date) => {
    await sql`delete from processes where kind in ('lifecycle', 'load')`;
    for (const kind of ["lifecycle", "load"])
      await sql`insert into processes (id, kind, version, seen_at) values (gen_random_uuid(), ${kind}, 'test', ${at})`;
  };
  const now = api.serving.services.clock();
  await seen(now);
  expect(await told()).toEqual({ isFetching: true, message: null });
  const then = new Date(now.getTime() - 120_000);
  await seen(then);
  const day = dayIn(then, zone) === dayIn(now, zone) ? "today" : "yesterday";
  const hour = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "short" }).format(then);
  expect(await told()).toEqual({
    isFetching: false,
    message: `Nothing is fetched since ${day}\u00a0${hour}: a worker is not running. Numbers stay as they are.`,
  });
});

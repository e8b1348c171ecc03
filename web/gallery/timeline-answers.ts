import * as v from "valibot";
import type { TimelineEntry } from "../screens/detail/detail.documents.ts";
import { ago } from "./fixtures.ts";

const system = { kind: "SYSTEM" as const, name: "Headwater" };
const ananya = { kind: "PERSON" as const, name: "Ananya Das" };

export const timelineFixture: TimelineEntry[] = [
  {
    id: "t1",
    at: ago(1),
    actor: { kind: "SOURCE", name: "Amazon" },
    verb: "source.throttled",
    message: "Amazon asked us to wait 38 s",
  },
  {
    id: "t2",
    at: ago(37),
    actor: system,
    verb: "run.finished",
    message: "Hourly sync finished: 412 read, 409 written, 3 already here",
  },
  {
    id: "t3",
    at: ago(165),
    actor: system,
    verb: "run.retried",
    message: "Report 50039018 retried; the second try landed 1,120 rows",
  },
  { id: "t4", at: ago(273), actor: system, verb: "run.started", message: "Hourly sync started beside the history" },
  { id: "t9", at: ago(280), actor: ananya, verb: "holdPlaced", message: "The plan does not cover it." },
  { id: "t5", at: ago(286), actor: system, verb: "datasource.firstNumbers", message: "First numbers ready" },
  { id: "t6", at: ago(287), actor: ananya, verb: "datasource.connected", message: "Ananya Das connected this account" },
];

const By = v.object({ by: v.optional(v.nullable(v.picklist(["PERSON", "SYSTEM", "SOURCE"]))) });

/** As the server would leave out what others did. */
export function timelineBy(asked: unknown): TimelineEntry[] {
  const { by = null } = v.parse(By, asked);
  return timelineFixture.filter(({ actor }) => by === null || actor.kind === by);
}

/** Hours in which nothing is begun that nobody asked for: how they stand, and how they are set. */
import type { Actor as StoredActor } from "@headwater/db/schema/values.ts";
import { clockOf, setQuietHours } from "../datasources/quiet-hours.ts";
import { endOfQuiet, nextRunOf } from "../reading/datasources.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { builder, rule } from "./builder.ts";
import { targetOf } from "./datasource-mutations.ts";
import { Datasource } from "./datasource-ref.ts";
import { COMMAND_PROBLEMS, key, ofDatasource, successOf } from "./given.ts";
import { commandField } from "./mutation-field.ts";
import { organisationNow } from "./organisation.ts";
import { Actor } from "./reason.ts";

interface QuietView {
  readonly view: DatasourceView;
  readonly from: number;
  readonly to: number;
  readonly by: StoredActor;
}

const LONGEST_SPREAD_MS = 10 * 60_000;

/** Its next time lies where the hours end, give or take what keeps all from beginning at once. */
const isHeld = (view: DatasourceView): boolean => {
  const next = nextRunOf(view)?.getTime() ?? null;
  return next !== null && view.quiet.some(({ to }) => next >= to && next - to <= LONGEST_SPREAD_MS);
};

const QuietHours = builder.objectRef<QuietView>("QuietHours").implement({
  description: "Hours of the day in which nothing is begun that nobody asked for.",
  ...rule("readDatasources"),
  fields: (t) => ({
    from: t.string({ description: 'When they begin, by the clock: "22:00".', resolve: ({ from }) => clockOf(from) }),
    to: t.string({
      description: "When they end; not later than they begin: on the next day.",
      resolve: ({ to }) => clockOf(to),
    }),
    zone: t.string({
      description: "By whose clock: the organisation's zone.",
      resolve: async (_hours, _args, ctx) => (await organisationNow(ctx)).zone,
    }),
    by: t.field({ type: Actor, description: "Who set them.", resolve: ({ by }) => by }),
    since: t.field({
      type: "DateTime",
      nullable: true,
      description: "When they were set.",
      resolve: ({ view }) => view.row.quietSince,
    }),
    until: t.field({
      type: "DateTime",
      nullable: true,
      description: "When those that last now end; null where none do.",
      resolve: ({ view }) => endOfQuiet(view),
    }),
    holdsNextRun: t.boolean({
      description: "The next sync comes when they are over.",
      resolve: ({ view }) => isHeld(view),
    }),
  }),
});

builder.objectField(Datasource, "quietHours", (t) =>
  t.field({
    type: QuietHours,
    nullable: true,
    description: "Hours in which nothing is begun that nobody asked for; null where it has none.",
    resolve: (view) => {
      const { quietFrom: from, quietTo: to, quietBy: by } = view.row;
      return from === null || to === null || by === null ? null : { view, from, to, by };
    },
  }),
);

const SetQuietHoursInput = builder.inputType("SetQuietHoursInput", {
  description: "Both, or neither: then it has none. At most 20 hours, by the clock of the organisation's zone.",
  fields: (t) => ({
    datasource: t.id(ofDatasource),
    from: t.string({ description: 'When they begin: "22:00".' }),
    to: t.string({ description: "When they end; not later than they begin: on the next day." }),
    idempotencyKey: t.string(key),
  }),
});
commandField({
  name: "setQuietHours",
  type: "SetQuietHours",
  does: "Sets or takes away the hours in which nothing is begun that nobody asked for.",
  permission: "manageDatasources",
  input: SetQuietHoursInput,
  success: successOf("SetQuietHours"),
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: (typeof SetQuietHoursInput)["$inferInput"]) => setQuietHours(ctx, targetOf(input), input),
});

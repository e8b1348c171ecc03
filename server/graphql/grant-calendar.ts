/** Whose login holds each grant, when it ends, and who was warned of it when; and the address for calendar programs. */
import { GraphQLError } from "graphql";
import { CALENDAR_DAYS } from "../calendar/feed.ts";
import { madeAtOf, renewCalendar } from "../calendar/address.ts";
import type { CalendarAddress } from "../calendar/address.ts";
import { NotAllowed } from "../words/problems.ts";
import { readGrantEndings } from "../reading/grant-endings.ts";
import type { GrantEnding } from "../reading/grant-endings.ts";
import { readLivingGrants } from "../reading/living-grants.ts";
import type { LivingGrant } from "../reading/living-grants.ts";
import { knownPlatform } from "../reading/catalog.ts";
import { builder, costing, rule } from "./builder.ts";
import { Datasource } from "./datasource-ref.ts";
import { Grant, holderOf } from "./grant.ts";
import { LIMITS } from "./limits.ts";
import { commandField } from "./mutation-field.ts";
import { idIn } from "./node.ts";
import { Organisation, organisationNow } from "./organisation.ts";
import { Platform } from "./platform.ts";

const GrantEndingRef = builder.objectRef<GrantEnding>("GrantEnding").implement({
  description: "A grant that ends with no way to renew itself.",
  ...rule("readDatasources"),
  fields: (t) => ({
    holder: t.string({ description: "Whose login holds it.", resolve: ({ grant }) => holderOf(grant) }),
    endsAt: t.expose("endsAt", { type: "DateTime", description: "When it ends." }),
    warnedAt: t.field({
      type: ["DateTime"],
      description: "When it was warned of: 14, 7, 3 and 1 days before.",
      resolve: ({ warnedAt }) => [...warnedAt],
    }),
  }),
});

builder.objectField(Organisation, "grantCalendar", (t) =>
  t.field({
    type: [GrantEndingRef],
    ...costing("reviewAccess", 10),
    description:
      "Grants that end within so many days, the first to end first; those that ended and still stand included.",
    args: { days: t.arg.int({ required: true, description: `0 to ${CALENDAR_DAYS}.` }) },
    resolve: (_row, { days }, ctx) => {
      if (days < 0 || days > CALENDAR_DAYS)
        throw new GraphQLError(`A calendar reaches 0 to ${CALENDAR_DAYS} days.`, {
          extensions: { code: "INVALID_INPUT" },
        });
      return readGrantEndings(ctx.db, { days, now: ctx.now, most: LIMITS.listSize });
    },
  }),
);

export const LivingGrantRef = builder.objectRef<LivingGrant>("LivingGrant").implement({
  description: "A consent or a key by which data can be read.",
  ...rule("readDatasources"),
  fields: (t) => ({
    giverLeft: t.exposeBoolean("giverLeft", { description: "Whoever gave it is no member any more." }),
  }),
});

for (const ref of [GrantEndingRef, LivingGrantRef])
  builder.objectFields(ref, (t) => ({
    grant: t.field({ type: Grant, description: "The grant.", resolve: ({ grant }) => grant }),
    platform: t.field({
      type: Platform,
      description: "Where.",
      resolve: ({ grant }) => knownPlatform(grant.platform),
    }),
    datasources: t.field({
      type: [Datasource],
      ...costing("readDatasources", 3),
      description: "What stands on it.",
      resolve: ({ views }) => [...views],
    }),
  }));

builder.objectField(Organisation, "grants", (t) =>
  t.field({
    type: [LivingGrantRef],
    ...costing("reviewAccess", 25),
    description: "Every consent and every key by which data can be read now, the oldest first.",
    resolve: (_row, _args, ctx) => readLivingGrants(ctx.db, { now: ctx.now, most: LIMITS.listSize }),
  }),
);

builder.objectField(Organisation, "calendarAddressMadeAt", (t) =>
  t.field({
    type: "DateTime",
    nullable: true,
    extensions: { rule: "readDatasources", isPersonal: true },
    description: "When who asks made the address by which their calendar program reads it; null where there is none.",
    resolve: (_row, _args, ctx) => madeAtOf(ctx),
  }),
);

const RenewCalendarAddressInput = builder.inputType("RenewCalendarAddressInput", {
  description: "An address of one's own for calendar programs.",
  fields: (t) => ({ organisation: t.id({ required: true, description: "Whose calendar: the organisation's id." }) }),
});
const RenewCalendarAddressSuccess = builder.objectRef<CalendarAddress>("RenewCalendarAddressSuccess").implement({
  description: "Made; the one before stops at once.",
  ...rule("readDatasources"),
  fields: (t) => ({
    url: t.exposeString("url", {
      description: "The address: iCalendar, told here once. Whoever has it reads the calendar.",
    }),
    organisation: t.field({
      type: Organisation,
      description: "As it now stands.",
      resolve: (_made, _args, ctx) => organisationNow(ctx),
    }),
  }),
});
commandField({
  name: "renewCalendarAddress",
  type: "RenewCalendarAddress",
  does: "Makes the address by which a calendar program reads when grants end, in the place of the one before.",
  permission: "ownCalendar",
  input: RenewCalendarAddressInput,
  success: RenewCalendarAddressSuccess,
  problems: [NotAllowed],
  work: (ctx, { organisation }: (typeof RenewCalendarAddressInput)["$inferInput"]) =>
    renewCalendar(ctx, idIn("Organisation", organisation)),
});

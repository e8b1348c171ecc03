/** Whose login holds each grant, when it ends, and who was warned of it when. */
import { GraphQLError } from "graphql";
import { readGrantEndings } from "../reading/grant-endings.ts";
import type { GrantEnding } from "../reading/grant-endings.ts";
import { knownPlatform } from "../reading/catalog.ts";
import { builder, costing, rule } from "./builder.ts";
import { Datasource } from "./datasource-ref.ts";
import { Grant, holderOf } from "./grant.ts";
import { LIMITS } from "./limits.ts";
import { Organisation } from "./organisation.ts";
import { Platform } from "./platform.ts";

const GrantEndingRef = builder.objectRef<GrantEnding>("GrantEnding").implement({
  description: "A grant that ends with no way to renew itself.",
  ...rule("readDatasources"),
  fields: (t) => ({
    grant: t.expose("grant", { type: Grant, description: "The grant." }),
    holder: t.string({ description: "Whose login holds it.", resolve: ({ grant }) => holderOf(grant) }),
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
    endsAt: t.expose("endsAt", { type: "DateTime", description: "When it ends." }),
    warnedAt: t.field({
      type: ["DateTime"],
      description: "When it was warned of: 14, 7, 3 and 1 days before.",
      resolve: ({ warnedAt }) => [...warnedAt],
    }),
  }),
});

const LONGEST_DAYS = 400;

builder.objectField(Organisation, "grantCalendar", (t) =>
  t.field({
    type: [GrantEndingRef],
    ...costing("readDatasources", 10),
    description:
      "Grants that end within so many days, the first to end first; those that ended and still stand included.",
    args: { days: t.arg.int({ required: true, description: `0 to ${LONGEST_DAYS}.` }) },
    resolve: (_row, { days }, ctx) => {
      if (days < 0 || days > LONGEST_DAYS)
        throw new GraphQLError(`A calendar reaches 0 to ${LONGEST_DAYS} days.`, {
          extensions: { code: "INVALID_INPUT" },
        });
      return readGrantEndings(ctx.db, { days, now: ctx.now, most: LIMITS.listSize });
    },
  }),
);

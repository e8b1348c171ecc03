// What is decided of who and what can reach an organisation's data, and the records that were signed of it.
import { jsonb, primaryKey, snakeCase, text } from "drizzle-orm/pg-core";
import { idOf, instant, ownId, tenant } from "./columns.ts";
import type { AccessReviewId, UserId } from "./ids.ts";
import { organisations } from "./organisations.ts";
import type { AccessChoice, AccessKind, JsonObject } from "./values.ts";

/** Stands until it is signed. */
export const accessDecisions = snakeCase.table(
  "access_decisions",
  {
    organisationId: tenant().references(() => organisations.id, { onDelete: "cascade" }),
    kind: text().$type<AccessKind>().notNull(),
    /** A grant, a person or an API token. */
    subjectId: idOf<string>().notNull(),
    choice: text().$type<AccessChoice>().notNull(),
    note: text().notNull().default(""),
    /** As they stood when it was decided: of what changed since, nothing is decided. */
    facts: jsonb().$type<JsonObject>().notNull(),
    decidedBy: idOf<UserId>().notNull(),
    decidedAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.kind, t.subjectId] })],
);

/** Written once and never changed: no role may. */
export const accessReviews = snakeCase.table(
  "access_reviews",
  {
    organisationId: tenant().references(() => organisations.id, { onDelete: "cascade" }),
    id: ownId<AccessReviewId>(),
    signedBy: idOf<UserId>().notNull(),
    signedAt: instant().notNull(),
    /** The very text that the hash is of. */
    record: text().notNull(),
    /** SHA-256, hex. */
    hash: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.organisationId, t.id] })],
);

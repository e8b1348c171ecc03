/** better-auth keeps session tokens as they are; here they are hashed on the way into every row and question, and handed back raw. */
import { createHash } from "node:crypto";
import type { BetterAuthOptions } from "better-auth";
import type { DBAdapter, DBTransactionAdapter, Where } from "better-auth";

export const hashToken = (token: string): string => createHash("sha256").update(token).digest("base64url");

type Row = Record<string, unknown>;
const isSession = (model: string): boolean => model === "session";

const hashed = (where: Where[] | undefined): Where[] | undefined =>
  where?.map((clause) =>
    clause.field === "token" && typeof clause.value === "string"
      ? { ...clause, value: hashToken(clause.value) }
      : clause,
  );

/** The raw token that a question asked for, to be put back into what it found. */
const askedToken = (where: Where[] | undefined): string | null => {
  const clause = where?.find(({ field, value }) => field === "token" && typeof value === "string");
  return typeof clause?.value === "string" ? clause.value : null;
};

const withToken = <Found>(found: Found, token: string | null): Found =>
  token !== null && typeof found === "object" && found !== null && "token" in found ? { ...found, token } : found;

function hashing<Adapter extends DBTransactionAdapter>(inner: Adapter): Adapter {
  const wrapped: DBTransactionAdapter = {
    ...inner,
    create: async (given) => {
      if (!isSession(given.model)) return inner.create(given);
      const data: Row = given.data;
      const token = typeof data["token"] === "string" ? data["token"] : null;
      const stored = token === null ? given : { ...given, data: { ...given.data, token: hashToken(token) } };
      return withToken(await inner.create(stored), token);
    },
    findOne: async (given) =>
      isSession(given.model)
        ? withToken(await inner.findOne({ ...given, where: hashed(given.where) ?? [] }), askedToken(given.where))
        : inner.findOne(given),
    findMany: (given) =>
      inner.findMany(isSession(given.model) ? { ...given, where: hashed(given.where) ?? [] } : given),
    count: (given) => inner.count(isSession(given.model) ? { ...given, where: hashed(given.where) ?? [] } : given),
    update: async (given) =>
      isSession(given.model)
        ? withToken(await inner.update({ ...given, where: hashed(given.where) ?? [] }), askedToken(given.where))
        : inner.update(given),
    updateMany: (given) =>
      inner.updateMany(isSession(given.model) ? { ...given, where: hashed(given.where) ?? [] } : given),
    delete: (given) => inner.delete(isSession(given.model) ? { ...given, where: hashed(given.where) ?? [] } : given),
    deleteMany: (given) =>
      inner.deleteMany(isSession(given.model) ? { ...given, where: hashed(given.where) ?? [] } : given),
  };
  return { ...inner, ...wrapped };
}

/** Wraps what makes an adapter: transactions get the same treatment as the adapter that opened them. */
export function withHashedSessions(make: (options: BetterAuthOptions) => DBAdapter) {
  return (options: BetterAuthOptions): DBAdapter => {
    const inner = make(options);
    return { ...hashing(inner), transaction: (work) => inner.transaction((within) => work(hashing(within))) };
  };
}

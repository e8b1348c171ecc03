/** Makes the demo merchant, or gives her the password of this start: `node server/demo.ts`. Idempotent; refused in production. */
import process from "node:process";
import { eq, and } from "drizzle-orm";
import { inTenant, openDatabase } from "@headwater/db";
import type { Database } from "@headwater/db";
import { organisations, signInMethods, users } from "@headwater/db/schema/tables.ts";
import type { UserId } from "@headwater/db/schema/ids.ts";
import * as v from "valibot";
import { isProduction } from "./exposure.ts";
import { hashPassword } from "./signin/passwords.ts";
import { hasUser, signUp } from "./signin/sign-up.ts";

export const DEMO = {
  name: "Ananya Das",
  email: "ananya@monsoonandmoss.in",
  organisation: "Monsoon & Moss",
  slug: "monsoon-and-moss",
  zone: "Asia/Kolkata",
  currency: "INR",
  plan: "growth",
} as const;

const DemoConfig = v.object({
  DATABASE_URL: v.string(),
  DEMO_PASSWORD: v.pipe(v.string(), v.minLength(12)),
  NODE_ENV: v.optional(v.string()),
  PUBLIC_URL: v.optional(v.string()),
});
const readDemoConfig = (env: Readonly<Record<string, string | undefined>>) => v.parse(DemoConfig, env);

/** `db` is the owner's: it may set a plan, and it sees past organisations. */
export async function makeDemo(db: Database, password: string): Promise<"made" | "kept"> {
  const { name, email, organisation, zone, currency } = DEMO;
  if (await hasUser(db, email)) {
    const [user] = await db.drizzle.select({ id: users.id }).from(users).where(eq(users.email, email));
    if (user !== undefined) await setPassword(db, user.id, password);
    return "kept";
  }
  const made = await signUp(
    db,
    { name, email, password, organisation, zone, currency, locale: "en" },
    { address: null },
  );
  if ("refused" in made) throw new Error(`the demo merchant could not be made: ${made.refused}`);
  await inTenant(db, made.organisationId, ({ drizzle }) =>
    drizzle.update(organisations).set({ plan: DEMO.plan }).where(eq(organisations.id, made.organisationId)),
  );
  return "made";
}

async function setPassword(db: Database, user: UserId, password: string): Promise<void> {
  await db.drizzle
    .update(signInMethods)
    .set({ password: await hashPassword(password), updatedAt: new Date() })
    .where(and(eq(signInMethods.userId, user), eq(signInMethods.providerId, "credential")));
}

if (import.meta.main) {
  const config = readDemoConfig(process.env);
  if (isProduction(config)) throw new Error("no demo in production");
  const db = openDatabase({ url: config.DATABASE_URL, max: 2, name: "headwater demo" });
  const done = await makeDemo(db, config.DEMO_PASSWORD);
  await db.close();
  process.stdout.write(`${DEMO.organisation}: ${done}\n`);
}

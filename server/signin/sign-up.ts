/**
 * Sign-up: asked for by anybody, answered alike for everybody, and made by whoever reads the mail. Until then there is no
 * person and no organisation, so that nobody's address can be taken by another or found out to be here.
 */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import * as v from "valibot";
import { inTenant } from "@headwater/db";
import { regionOfZone } from "@headwater/db/region.ts";
import type { Database } from "@headwater/db";
import { memberships, organisations, signInMethods, users, verifications } from "@headwater/db/schema/tables.ts";
import { organisationId, userId } from "@headwater/db/schema/ids.ts";
import type { OrganisationId, UserId } from "@headwater/db/schema/ids.ts";
import { audit } from "../datasources/audit.ts";
import { writeMail } from "../mails/write.ts";
import { isZone } from "../reading/days.ts";
import { LOCALES } from "../words/catalog.ts";
import { isPrintable, isSeen, tidied } from "../words/names.ts";
import { hashBrowser } from "./asking-browser.ts";
import { hashPassword, isWeak, PASSWORD_LEAST, PASSWORD_MOST } from "./passwords.ts";

const NAME_LONGEST = 120;
const isName = (text: string): boolean => text.length <= NAME_LONGEST && isPrintable(text) && isSeen(text);
/** `code`: what is said in the language of whoever asks. */
const named = (code: string) => v.pipe(v.string(), v.transform(tidied), v.check(isName, code));

export const SignUp = v.object({
  name: named("signin.name"),
  email: v.pipe(v.string(), v.trim(), v.toLowerCase(), v.maxLength(254), v.email()),
  password: v.pipe(v.string(), v.minLength(PASSWORD_LEAST), v.maxLength(PASSWORD_MOST)),
  organisation: named("signin.brand"),
  zone: v.optional(v.pipe(v.string(), v.check(isZone, "not an IANA zone")), "Asia/Kolkata"),
  currency: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{3}$/)), "INR"),
  /** Of the browser: for a zone that is no place. */
  region: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/))),
  locale: v.picklist(LOCALES),
});
export type SignUpInput = v.InferOutput<typeof SignUp>;

const Asked = v.object({ ...v.omit(SignUp, ["password"]).entries, passwordHash: v.string() });
type Asked = v.InferOutput<typeof Asked>;
/** As it waits for its mail to be read: for the browser that asked alone. */
const Waiting = v.object({ ...Asked.entries, browserHash: v.string() });

export const CONFIRM_MS = 24 * 3_600_000;
const hashOf = (token: string): string => `sign-up ${createHash("sha256").update(token).digest("base64url")}`;

export interface SignUpDeps {
  readonly db: Database;
  readonly vaultPublicKey: string;
  readonly publicUrl: string;
}

/** The same statements and the same answer, whether the address has an account or not; the mail alone differs. */
export async function askToSignUp(
  deps: SignUpDeps,
  { browser, ...input }: SignUpInput & { readonly browser: string },
  now: Date,
): Promise<"sent" | "weak"> {
  const { password, ...asked } = input;
  if (isWeakFor(input)) return "weak";
  const value = { ...asked, passwordHash: await hashPassword(password), browserHash: hashBrowser(browser) };
  const token = randomBytes(32).toString("base64url");
  await deps.db.drizzle.transaction(async (tx) => {
    const [known] = await tx
      .select({ id: users.id, locale: users.locale })
      .from(users)
      .where(eq(users.email, input.email));
    const isTaken = known !== undefined;
    await tx.insert(verifications).values({
      identifier: hashOf(token),
      value: JSON.stringify(value),
      expiresAt: new Date(now.getTime() + (isTaken ? 0 : CONFIRM_MS)),
    });
    await writeMail(tx, deps.vaultPublicKey, {
      to: input.email,
      locale: known?.locale ?? input.locale,
      kind: isTaken ? "addressTaken" : "confirmSignUp",
      // No word of the question's: a mail of ours carries no stranger's message to a stranger.
      details: {},
      // Behind a #, so that it is in no log of a server on the way.
      link: new URL(isTaken ? "/sign-in" : `/sign-up/confirm#${token}`, deps.publicUrl).href,
      organisation: null,
    });
  });
  return "sent";
}

/**
 * Once: the row goes with the question. Null for what is no link of ours, was used, has lapsed, or was overtaken. In another
 * browser than the one that asked nothing happens, and the link stays what it is.
 */
export async function confirmSignUp(
  db: Database,
  token: string,
  visitor: { readonly address: string | null; readonly browser: string | null },
  now: Date,
): Promise<(SignedUp & { readonly email: string }) | "otherBrowser" | null> {
  const ofLink = eq(verifications.identifier, hashOf(token));
  const [waiting] = await db.drizzle.select().from(verifications).where(ofLink);
  if (waiting === undefined || waiting.expiresAt <= now) return null;
  const { browserHash, ...asked } = v.parse(Waiting, JSON.parse(waiting.value));
  if (visitor.browser === null || hashBrowser(visitor.browser) !== browserHash) return "otherBrowser";
  const used = await db.drizzle.delete(verifications).where(ofLink).returning({ id: verifications.id });
  const made = used.length === 0 ? null : await found(db, asked, visitor);
  return made === null ? null : { ...made, email: asked.email };
}

const isWeakFor = ({ password, name, organisation, email }: SignUpInput): boolean =>
  isWeak(password, [name, organisation, email.split("@")[0] ?? ""]);

export type SignUpRefusal = { readonly refused: "weak" | "taken" };

export interface SignedUp {
  readonly userId: UserId;
  readonly organisationId: OrganisationId;
  readonly slug: string;
}

/** Latin letters and digits; what has none of them gets a plain word, and a number keeps every slug its own. */
export function slugOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/&/g, " and ")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return (plain === "" ? "brand" : plain).slice(0, 40);
}

/** First segments of ours: an organisation may not take one. */
const RESERVED = new Set([
  "graphql",
  "api",
  "oauth",
  "webhooks",
  "v1",
  "mailbox",
  "healthz",
  "readyz",
  "metrics",
  "assets",
  "sign-in",
  "sign-up",
  "two-factor",
  "recover",
  "invite",
  "reauthorize",
  "me",
  "fleet",
]);

/** At once, without a mail: for the demo, whose owner is whoever started it. */
export async function signUp(
  db: Database,
  input: SignUpInput,
  visitor: { readonly address: string | null },
): Promise<SignedUp | SignUpRefusal> {
  const { password, ...asked } = input;
  if (isWeakFor(input)) return { refused: "weak" };
  const made = await found(db, { ...asked, passwordHash: await hashPassword(password) }, visitor);
  return made ?? { refused: "taken" };
}

/** Null where the address has an account by now. */
async function found(
  db: Database,
  input: Asked,
  visitor: { readonly address: string | null },
): Promise<SignedUp | null> {
  const user = userId(randomUUID());
  const organisation = organisationId(randomUUID());
  const wanted = slugOf(input.organisation);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const slug = attempt === 0 && !RESERVED.has(wanted) ? wanted : `${wanted}-${randomUUID().slice(0, 6)}`;
    const written = await write(db, { user, organisation, slug, input, visitor });
    if (written !== "slugTaken")
      return written === "emailTaken" ? null : { userId: user, organisationId: organisation, slug };
  }
  throw new Error("no free slug after five tries");
}

interface Writing {
  readonly user: UserId;
  readonly organisation: OrganisationId;
  readonly slug: string;
  readonly input: Asked;
  readonly visitor: { readonly address: string | null };
}

class Taken extends Error {
  readonly what: "emailTaken" | "slugTaken";
  constructor(what: "emailTaken" | "slugTaken") {
    super(what);
    this.what = what;
  }
}

async function write(
  db: Database,
  { user, organisation, slug, input, visitor }: Writing,
): Promise<"written" | "emailTaken" | "slugTaken"> {
  try {
    await inTenant(db, organisation, async ({ drizzle }) => {
      const { name, email, locale, zone, currency, passwordHash: password } = input;
      const region = regionOfZone(zone) ?? input.region;
      const made = await drizzle
        .insert(users)
        .values({ id: user, name, email, locale, emailVerified: true })
        .onConflictDoNothing()
        .returning({ id: users.id });
      if (made.length === 0) throw new Taken("emailTaken");
      await drizzle.insert(signInMethods).values({ userId: user, accountId: user, providerId: "credential", password });
      const founded = await drizzle
        .insert(organisations)
        .values({ id: organisation, slug, name: input.organisation, zone, currency, region })
        .onConflictDoNothing()
        .returning({ id: organisations.id });
      if (founded.length === 0) throw new Taken("slugTaken");
      await drizzle.insert(memberships).values({ organisationId: organisation, userId: user, role: "owner" });
      await audit(
        { db: drizzle, caller: { kind: "person", userId: user }, visitor },
        { verb: "organisation.founded", objectType: "organisation", objectId: organisation, after: { slug } },
      );
    });
    return "written";
  } catch (error) {
    if (error instanceof Taken) return error.what;
    throw error;
  }
}

export async function hasUser(db: Database, email: string): Promise<boolean> {
  const rows = await db.drizzle.select({ id: users.id }).from(users).where(eq(users.email, email.toLowerCase()));
  return rows.length > 0;
}

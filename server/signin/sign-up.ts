/** Sign-up: a person, how they sign in, their organisation and their ownership of it, in one transaction or not at all. */
import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import * as v from "valibot";
import { inTenant } from "@headwater/db";
import type { Database } from "@headwater/db";
import { memberships, organisations, signInMethods, users } from "@headwater/db/schema/tables.ts";
import { organisationId, userId } from "@headwater/db/schema/ids.ts";
import type { OrganisationId, UserId } from "@headwater/db/schema/ids.ts";
import { audit } from "../datasources/audit.ts";
import { isZone } from "../reading/days.ts";
import { hashPassword, isWeak, PASSWORD_LEAST, PASSWORD_MOST } from "./passwords.ts";

const printable = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(120), v.regex(/^[^\p{Cc}\p{Cs}]+$/u));

export const SignUp = v.object({
  name: printable,
  email: v.pipe(v.string(), v.trim(), v.toLowerCase(), v.maxLength(254), v.email()),
  password: v.pipe(v.string(), v.minLength(PASSWORD_LEAST), v.maxLength(PASSWORD_MOST)),
  organisation: printable,
  zone: v.optional(v.pipe(v.string(), v.check(isZone, "not an IANA zone")), "Asia/Kolkata"),
  currency: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{3}$/)), "INR"),
  locale: v.optional(v.picklist(["en", "hi", "as"]), "en"),
});
export type SignUpInput = v.InferOutput<typeof SignUp>;

export type SignUpRefusal = { readonly code: "WEAK_PASSWORD" | "EMAIL_TAKEN" };

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

export async function signUp(
  db: Database,
  input: SignUpInput,
  visitor: { readonly address: string | null },
): Promise<SignedUp | SignUpRefusal> {
  if (isWeak(input.password, [input.name, input.organisation, input.email.split("@")[0] ?? ""]))
    return { code: "WEAK_PASSWORD" };
  const password = await hashPassword(input.password);
  const user = userId(randomUUID());
  const organisation = organisationId(randomUUID());
  const wanted = slugOf(input.organisation);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const slug = attempt === 0 && !RESERVED.has(wanted) ? wanted : `${wanted}-${randomUUID().slice(0, 6)}`;
    const written = await write(db, { user, organisation, slug, password, input, visitor });
    if (written !== "slugTaken")
      return written === "emailTaken" ? { code: "EMAIL_TAKEN" } : { userId: user, organisationId: organisation, slug };
  }
  throw new Error("no free slug after five tries");
}

interface Writing {
  readonly user: UserId;
  readonly organisation: OrganisationId;
  readonly slug: string;
  readonly password: string;
  readonly input: SignUpInput;
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
  { user, organisation, slug, password, input, visitor }: Writing,
): Promise<"written" | "emailTaken" | "slugTaken"> {
  try {
    await inTenant(db, organisation, async ({ drizzle }) => {
      const { name, email, locale, zone, currency } = input;
      const made = await drizzle
        .insert(users)
        .values({ id: user, name, email, locale })
        .onConflictDoNothing()
        .returning({ id: users.id });
      if (made.length === 0) throw new Taken("emailTaken");
      await drizzle.insert(signInMethods).values({ userId: user, accountId: user, providerId: "credential", password });
      const founded = await drizzle
        .insert(organisations)
        .values({ id: organisation, slug, name: input.organisation, zone, currency })
        .onConflictDoNothing()
        .returning({ id: organisations.id });
      if (founded.length === 0) throw new Taken("slugTaken");
      await drizzle.insert(memberships).values({ organisationId: organisation, userId: user, role: "owner" });
      const caller = {
        kind: "person",
        userId: user,
        sessionId: "",
        name,
        email,
        organisationId: organisation,
        role: "owner",
      } as const;
      await audit(
        { db: drizzle, caller, visitor },
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

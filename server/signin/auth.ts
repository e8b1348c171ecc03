/** better-auth, core only: sign-in, sign-out and sessions. Its table of paths is cut down to those that the page uses. */
import { createHmac, randomBytes } from "node:crypto";
import { betterAuth } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import type { Database } from "@headwater/db";
import { sessions, signInMethods, users, verifications } from "@headwater/db/schema/tables.ts";
import { userId } from "@headwater/db/schema/ids.ts";
import { auditSession } from "./access-audit.ts";
import { withHashedSessions } from "./hashed-sessions.ts";
import { hashPassword, isPassword, PASSWORD_LEAST, PASSWORD_MOST } from "./passwords.ts";

/** From us to better-auth, inside this process. */
export const ADDRESS_HEADER = "x-headwater-address";
export const IDLE_S = 12 * 3600;
export const ABSOLUTE_S = 30 * 24 * 3600;

/** Only on plain-http loopback does the cookie go without `__Host-` and `Secure`. */
export const cookieName = (publicUrl: string): string =>
  publicUrl.startsWith("https:") ? "__Host-headwater" : "headwater-session";

/** As better-auth signs and names it, for a session that no password opened. */
export function sessionCookie({ secret, publicUrl }: Pick<AuthOptions, "secret" | "publicUrl">, token: string): string {
  const signature = createHmac("sha256", secret).update(token).digest("base64");
  const secure = publicUrl.startsWith("https:") ? "; Secure" : "";
  return `${cookieName(publicUrl)}=${encodeURIComponent(`${token}.${signature}`)}; Max-Age=${ABSOLUTE_S}; Path=/; HttpOnly; SameSite=Lax${secure}`;
}

/** better-auth's own lives no longer than an idle session does; how long one lasts, its row says, which lives on while it is used. */
export const lasting = (publicUrl: string, cookie: string): string =>
  cookie.startsWith(`${cookieName(publicUrl)}=`)
    ? cookie.replace(`Max-Age=${IDLE_S};`, `Max-Age=${ABSOLUTE_S};`)
    : cookie;

export interface AuthOptions {
  readonly db: Database;
  readonly publicUrl: string;
  readonly secret: string;
}

export type Auth = ReturnType<typeof makeAuth>;

export function makeAuth({ db, publicUrl, secret }: AuthOptions) {
  const isHttps = publicUrl.startsWith("https:");
  return betterAuth({
    baseURL: publicUrl,
    basePath: "/api/auth",
    secret,
    trustedOrigins: [new URL(publicUrl).origin],
    telemetry: { enabled: false },
    logger: { disabled: true },
    database: withHashedSessions(
      drizzleAdapter(db.drizzle, {
        provider: "pg",
        schema: { user: users, session: sessions, account: signInMethods, verification: verifications },
      }),
    ),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true, // ours writes person and organisation in one transaction: sign-up.ts
      minPasswordLength: PASSWORD_LEAST,
      maxPasswordLength: PASSWORD_MOST,
      password: { hash: hashPassword, verify: isPassword },
    },
    session: { expiresIn: IDLE_S, disableSessionRefresh: true }, // extended by session.ts, up to thirty days
    rateLimit: { enabled: false }, // ours counts in the database and by IPv6 /64: throttle.ts
    databaseHooks: {
      session: {
        create: {
          before: (session) => Promise.resolve({ data: { ...session, token: randomBytes(32).toString("base64url") } }),
          after: ({ id, userId: user, ipAddress }) =>
            auditSession(db, {
              verb: "session.started",
              userId: userId(user),
              sessionId: id,
              address: ipAddress ?? null,
            }),
        },
        delete: {
          after: ({ id, userId: user }, context) =>
            auditSession(db, {
              verb: "session.ended",
              userId: userId(user),
              sessionId: id,
              address: context?.headers?.get(ADDRESS_HEADER) ?? null,
            }),
        },
      },
    },
    advanced: {
      database: { generateId: false },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      useSecureCookies: false,
      cookies: {
        session_token: {
          name: cookieName(publicUrl),
          attributes: { secure: isHttps, httpOnly: true, sameSite: "lax", path: "/", maxAge: ABSOLUTE_S },
        },
      },
    },
  });
}

import * as v from "valibot";

export type AuthPath =
  | "sign-in/email"
  | "sign-up/email"
  | "sign-up/confirm"
  | "change-password"
  | "recover/ask"
  | "recover/set";

export interface AuthRefusal {
  ok: false;
  kind: "wrong" | "locked" | "weak" | "unreachable";
  retryAfterSeconds: number | null;
  message: string | null;
}

export type AuthOutcome = { ok: true; mailbox: string | null } | AuthRefusal;

/** Asks the sign-in endpoints; same-origin cookies carry the session. */
export async function postAuth(path: AuthPath, body: Record<string, string>, language: string): Promise<AuthOutcome> {
  let answer: Response;
  try {
    answer = await fetch(`/api/auth/${path}`, {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/json", "x-locale": language },
      body: JSON.stringify(body),
    });
  } catch {
    return { ok: false, kind: "unreachable", retryAfterSeconds: null, message: null };
  }
  if (answer.ok) return { ok: true, mailbox: await readMailbox(answer) };
  const told = await readProblem(answer);
  const seconds = Number(answer.headers.get("retry-after"));
  return {
    ok: false,
    kind: kindOf(answer.status, told.code),
    retryAfterSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : null,
    message: told.message,
  };
}

function kindOf(status: number, code: string): AuthRefusal["kind"] {
  if (status === 429) return "locked";
  if (code.includes("PASSWORD") && !code.includes("INVALID_EMAIL_OR_PASSWORD")) return "weak";
  return status >= 500 ? "unreachable" : "wrong";
}

const Sent = v.object({ mailbox: v.fallback(v.nullable(v.string()), null) });

/** Where mails are read that are not sent: a path of ours, named by the embedded default alone. */
async function readMailbox(answer: Response): Promise<string | null> {
  try {
    const read = v.safeParse(Sent, await answer.json());
    return read.success ? read.output.mailbox : null;
  } catch {
    return null; // no JSON: most answers are empty
  }
}

const Refusal = v.object({ code: v.fallback(v.string(), ""), message: v.fallback(v.nullable(v.string()), null) });

async function readProblem(answer: Response): Promise<v.InferOutput<typeof Refusal>> {
  const nothing = { code: "", message: null };
  try {
    const read = v.safeParse(Refusal, await answer.json());
    return read.success ? read.output : nothing;
  } catch {
    return nothing; // a page of a proxy's: its status alone speaks
  }
}

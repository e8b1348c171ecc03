export type AuthOutcome =
  | { ok: true }
  | {
      ok: false;
      kind: "wrong" | "locked" | "taken" | "weak" | "unreachable";
      retryAfterSeconds: number | null;
      message: string | null;
    };

/** Asks the sign-in endpoints; same-origin cookies carry the session. */
export async function postAuth(
  path: "sign-in/email" | "sign-up/email",
  body: Record<string, string>,
  language: string,
): Promise<AuthOutcome> {
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
  if (answer.ok) return { ok: true };
  const told = await readProblem(answer);
  const seconds = Number(answer.headers.get("retry-after"));
  return {
    ok: false,
    kind: kindOf(answer.status, told.code),
    retryAfterSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : null,
    message: told.message,
  };
}

function kindOf(status: number, code: string): Exclude<AuthOutcome, { ok: true }>["kind"] {
  if (status === 429) return "locked";
  if (code.includes("USER_ALREADY_EXISTS")) return "taken";
  if (code.includes("PASSWORD") && !code.includes("INVALID_EMAIL_OR_PASSWORD")) return "weak";
  return status >= 500 ? "unreachable" : "wrong";
}

async function readProblem(answer: Response): Promise<{ code: string; message: string | null }> {
  try {
    const body: unknown = await answer.json();
    if (typeof body !== "object" || body === null) return { code: "", message: null };
    const { code, message } = body as { code?: unknown; message?: unknown };
    return { code: typeof code === "string" ? code : "", message: typeof message === "string" ? message : null };
  } catch {
    return { code: "", message: null };
  }
}

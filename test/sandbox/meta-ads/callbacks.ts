// What Meta tells the app unasked: that a person has removed it, or asks that what it keeps about them is deleted. A form with
// one signed field; the second wants an answer that its person can follow.
import { createHmac } from "node:crypto";
import type { MetaWorld } from "./world.ts";

const part = (text: string | Buffer): string => Buffer.from(text).toString("base64url");

function signedRequest(world: MetaWorld, person: string, secret = world.client?.clientSecret ?? ""): string {
  const payload = part(
    JSON.stringify({ algorithm: "HMAC-SHA256", issued_at: world.clock.nowSeconds(), user_id: person }),
  );
  return `${part(createHmac("sha256", secret).update(payload).digest())}.${payload}`;
}

const post = (url: string, signed: string): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ signed_request: signed }).toString(),
    signal: AbortSignal.timeout(5_000),
  });

/** Once: Meta says it and does not say it again. */
export function announceGone(world: MetaWorld, person: string, secret?: string): void {
  const url = world.services.webhookUrl;
  if (url === null) return;
  post(url, signedRequest(world, person, secret))
    .then((answer) => answer.body?.cancel())
    // Nobody there: it is not said again.
    .catch(() => undefined);
}

/** The person is shown where to look and by which code, or that the app did not say. */
export function askDeletion(world: MetaWorld, person: string, secret?: string): void {
  const url = world.services.webhookUrl;
  if (url === null) return;
  const keep = (told: object): void => world.setState(`deletion ${person}`, JSON.stringify(told));
  keep({ state: "asked" });
  post(`${url}/data-deletion`, signedRequest(world, person, secret))
    .then(async (answer) => keep(readReceipt(answer.status, await answer.text())))
    .catch((error: unknown) => keep({ state: "noAnswer", said: String(error) }));
}

/** Anything but a link and a code is no answer, as Meta's own check has it. */
function readReceipt(status: number, text: string): object {
  const said = { state: "noReceipt", status, said: text.slice(0, 200) };
  if (status !== 200) return said;
  try {
    const { url, confirmation_code: code }: { url?: unknown; confirmation_code?: unknown } = Object(JSON.parse(text));
    const isReceipt =
      typeof url === "string" && URL.parse(url) !== null && typeof code === "string" && /^[\w-]{1,100}$/.test(code);
    return isReceipt ? { state: "receipt", url, code } : said;
  } catch {
    return said;
  }
}

export function deletionOf(world: MetaWorld, person: string): unknown {
  const told = world.stateOf(`deletion ${person}`);
  return told === null ? null : JSON.parse(told);
}

// One answer: its status at once, its body once and only as asked for, its deadline until the body is done with.
import type { Readable } from "node:stream";
import { SourceFailure, isSourceFailure } from "../failure.ts";
import { parseExactly } from "../json.ts";
import { cutShort, linesOf, unpacked, wholeText } from "./body.ts";
import type { Answer } from "./outbound.ts";
import type { Deadline } from "./deadline.ts";
import { saidBy } from "./redact.ts";

type Arrived = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  readonly bytesMax: number;
  readonly deadline: Deadline;
};

export function answerOf({ status, headers, body, bytesMax, deadline }: Arrived): Answer {
  const wire = { bytes: 0 };
  // A body that nobody takes still ends by its deadline, and that end must not take the process with it.
  body.on("error", () => {});

  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      yield* unpacked(body, headers["content-encoding"], { bytesMax }, wire);
    } catch (error) {
      throw deadline.explain(error);
    } finally {
      body.destroy();
      deadline.done();
    }
  }

  const text = () => wholeText(chunks());
  return {
    status,
    headers,
    text,
    json: async () => {
      const whole = await text();
      try {
        return parseExactly(whole);
      } catch (cause) {
        throw notJson(status, headers["content-type"], whole, cause);
      }
    },
    lines: () => linesOf(chunks()),
    chunks,
    discard: async () => {
      body.destroy();
      deadline.done();
    },
    bytes: () => wire.bytes,
  };
}

function notJson(status: number, type: string | undefined, whole: string, cause: unknown): SourceFailure {
  const what = whole === "" ? "an empty body" : saidBy(whole);
  const said = `${status} ${type ?? "without a type"}: ${what}`.slice(0, 200);
  return new SourceFailure({ class: "transient", code: "outbound.notJson", said }, { cause });
}

const NAME_TROUBLE = /^(ENOTFOUND|EAI_)/;
/** What Node says of a certificate or of a handshake that is none. */
const TLS_TROUBLE =
  /^(ERR_TLS_|ERR_SSL_|EPROTO|CERT_|CRL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|INVALID_PURPOSE|HOSTNAME_)/;

/** A network error in our words; a `SourceFailure` stays what it is. */
export function networkFailure(error: unknown): SourceFailure {
  if (isSourceFailure(error)) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT")
    return cutShort("idle", "Nothing came for 30 seconds", error);
  if (code === "UND_ERR_CONNECT_TIMEOUT") return cutShort("connectTimeout", "No connection within 10 seconds", error);
  if (NAME_TROUBLE.test(code)) return cutShort("noAddress", `The name leads nowhere (${code})`, error);
  if (TLS_TROUBLE.test(code)) return cutShort("certificate", `No safe connection could be made (${code})`, error);
  if (code.startsWith("Z_") || code.startsWith("ERR_") || code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH")
    return cutShort("cutShort", `The answer is cut short or damaged (${code})`, error);
  return cutShort("network", `The connection failed (${code === "" ? "unknown" : code})`, error);
}

/** What is asked at `/graphql`: one JSON object by POST, from a tool or from a page of ours. Or why it is none. */
import type { IncomingMessage } from "node:http";
import { LIMITS } from "../graphql/limits.ts";
import { isOurs } from "./auth-routes.ts";
import { BodyTooLarge, header, readBody } from "./exchange.ts";

export interface NoQuestion {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Question = { readonly asked: object } | { readonly refused: NoQuestion };

export async function questionIn(request: IncomingMessage, publicUrl: string): Promise<Question> {
  const refused = refusedUnread(request, publicUrl);
  if (refused !== null) return { refused };
  try {
    const body = await readBody(request, LIMITS.bodyBytes);
    const asked = parsed(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return asked === null ? { refused: NO_OBJECT } : { asked };
  } catch (error) {
    if (error instanceof BodyTooLarge) return { refused: TOO_LARGE };
    // Neither UTF-8 nor JSON.
    if (error instanceof TypeError || error instanceof SyntaxError) return { refused: NO_OBJECT };
    throw error;
  }
}

const NO_OBJECT: NoQuestion = { status: 400, code: "BAD_REQUEST", message: "Send one question as a JSON object." };
const TOO_LARGE: NoQuestion = {
  status: 413,
  code: "TOO_LARGE",
  message: "At most 100 kB.",
  headers: { connection: "close" },
};

/** By its head alone. */
function refusedUnread(request: IncomingMessage, publicUrl: string): NoQuestion | null {
  if (request.method !== "POST")
    return { status: 405, code: "METHOD_NOT_ALLOWED", message: "Use POST.", headers: { allow: "POST" } };
  if (!isJson(header(request, "content-type") ?? ""))
    return { status: 415, code: "UNSUPPORTED_MEDIA_TYPE", message: "Send application/json." };
  if (!/^(identity)?$/i.test(header(request, "content-encoding") ?? ""))
    return {
      status: 415,
      code: "UNSUPPORTED_MEDIA_TYPE",
      message: "Send it as it is, not compressed.",
      headers: { "accept-encoding": "identity" },
    };
  // A token is no cookie's companion: what is none must not lend a session to another site.
  const isBearer = /^Bearer \S/i.test(header(request, "authorization") ?? "");
  return isBearer || isOurs(request, publicUrl)
    ? null
    : { status: 403, code: "FOREIGN_ORIGIN", message: "This must come from the app itself." };
}

function isJson(contentType: string): boolean {
  const [type = "", ...parameters] = contentType.split(";").map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length) ?? "utf-8";
  return type === "application/json" && /^"?utf-?8"?$/.test(charset);
}

function parsed(text: string): object | null {
  const value: unknown = JSON.parse(text);
  const isQuestion = typeof value === "object" && value !== null && !Array.isArray(value);
  return isQuestion && Object.keys(value).length > 0 ? value : null;
}

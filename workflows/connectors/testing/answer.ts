/** For tests: the outbound client in front of a source that a function plays. What is guarded elsewhere is not under test. */
import type { Answer, Outbound, OutboundRequest } from "../outbound/outbound.ts";

/** Without a body it is empty, and its JSON null. */
export function answerWith(status: number, body: unknown = null, type = "application/json"): Answer {
  const text = body === null ? "" : JSON.stringify(body);
  return {
    status,
    headers: { "content-type": type },
    text: () => Promise.resolve(text),
    json: () => Promise.resolve(body === null ? null : JSON.parse(text)),
    lines: async function* () {
      if (text !== "") yield text;
    },
    chunks: async function* () {
      if (text !== "") yield Buffer.from(text);
    },
    discard: () => Promise.resolve(),
    bytes: () => text.length,
  };
}

export const outboundThat = (answers: (request: OutboundRequest) => Answer | Promise<Answer>): Outbound => ({
  send: async (request) => answers(request),
  browserAddress: (address) => address.href,
  close: () => Promise.resolve(),
});

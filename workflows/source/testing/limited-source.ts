/** A source that turns most calls away with 429, and notes who came before the time it had named; and a connector for it. */
import { createServer } from "node:http";
import type { Connector } from "@headwater/connectors/contract.ts";
import type { Answer } from "@headwater/connectors/outbound/outbound.ts";
import type { SourceSession } from "@headwater/connectors/session.ts";
import { statusFailure } from "@headwater/connectors/shopify/errors.ts";
import { scripted, scriptedConnector } from "../../load/testing/scripted-source.ts";

export interface LimitedSource {
  readonly origin: string;
  readonly served: number;
  readonly turnedAway: number;
  /** Calls that came before the time that a 429 had named, by how many milliseconds; those on their way then are not meant. */
  readonly early: readonly number[];
  /** Milliseconds that it told everyone to stay away, in all. */
  readonly asked: number;
  close(): Promise<void>;
}

const ON_THE_WAY_MS = 50;

/** `retryAfter`: what the header says after so many 429s; null leaves it out. `random`: 0 to 1. */
export async function startLimitedSource(
  share: number,
  retryAfter: () => string | null,
  random: () => number,
): Promise<LimitedSource> {
  const state = { served: 0, turnedAway: 0, early: [] as number[], asked: 0 };
  let closedUntil = 0;
  let toldAt = 0;
  const server = createServer((request, response) => {
    request.resume();
    const now = Date.now();
    if (now < closedUntil && now > toldAt + ON_THE_WAY_MS) state.early.push(closedUntil - now);
    if (random() >= share) {
      state.served += 1;
      response.end("{}");
      return;
    }
    state.turnedAway += 1;
    const said = retryAfter();
    const waitMs = said === null ? 0 : meantBy(said, now);
    if (now >= closedUntil) toldAt = now;
    state.asked += Math.max(0, now + waitMs - Math.max(now, closedUntil));
    closedUntil = Math.max(closedUntil, now + waitMs);
    response.writeHead(429, said === null ? {} : { "retry-after": said }).end("slow down");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return Object.assign(state, {
    origin,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** As the source means it: nonsense asks for nothing. */
function meantBy(said: string, now: number): number {
  const seconds = Number(said);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(said) - now;
  return Number.isFinite(ms) && ms > 0 && ms < 86_400_000 ? ms : 0;
}

export const limitedSource = (): Connector => scriptedConnector({ pages: scripted([]) });

export const ask = (session: SourceSession, cost = 1): Promise<string> =>
  session.http.call(
    { method: "GET", url: "https://source.test/orders", credential: "attached", cost, purpose: "orders" },
    async (answer: Answer) => {
      if (answer.status === 200) return answer.text();
      const retryAfter = answer.headers["retry-after"];
      const at = { now: session.clock.now(), ...(retryAfter === undefined ? {} : { retryAfter }) };
      throw statusFailure(answer.status, await answer.text(), at);
    },
  );

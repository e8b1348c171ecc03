/** A source that turns most calls away with 429; a connector for it; and who is sent out before the time that it had named. */
import { createServer } from "node:http";
import type { Connector } from "@headwater/connectors/contract.ts";
import type { Answer, Outbound } from "@headwater/connectors/outbound/outbound.ts";
import type { SourceSession } from "@headwater/connectors/session.ts";
import { statusFailure } from "@headwater/connectors/shopify/errors.ts";
import { scripted, scriptedConnector } from "../../load/testing/scripted-source.ts";

export interface LimitedSource {
  readonly origin: string;
  readonly served: number;
  readonly turnedAway: number;
  /** Milliseconds that it told everyone to stay away, in all. */
  readonly asked: number;
  close(): Promise<void>;
}

/** `retryAfter`: what the header says after so many 429s; null leaves it out. `random`: 0 to 1. */
export async function startLimitedSource(
  share: number,
  retryAfter: () => string | null,
  random: () => number,
): Promise<LimitedSource> {
  const state = { served: 0, turnedAway: 0, asked: 0 };
  let closedUntil = 0;
  const server = createServer((request, response) => {
    request.resume();
    const now = Date.now();
    if (random() >= share) {
      state.served += 1;
      response.end("{}");
      return;
    }
    state.turnedAway += 1;
    const said = retryAfter();
    const waitMs = said === null ? 0 : meantBy(said, now);
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

/** The source's own clock, as we have it, is ours to the millisecond before or after. */
const CLOCKS_DIFFER_MS = 5;

/** What was told is known once its answer has been read; whatever leaves before the time in it is early, by so many milliseconds. */
export class Watch {
  readonly early: number[] = [];
  #until = 0;

  watching(outbound: Outbound): Outbound {
    return {
      ...outbound,
      send: (request) => {
        const leftMs = this.#until - Date.now();
        if (leftMs > CLOCKS_DIFFER_MS) this.early.push(leftMs);
        return outbound.send(request);
      },
    };
  }
  told(said: string, at: number): void {
    this.#until = Math.max(this.#until, at + meantBy(said, at));
  }
}

export const ask = (session: SourceSession, watch: Watch, cost = 1): Promise<string> =>
  session.http.call(
    { method: "GET", url: "https://source.test/orders", credential: "attached", cost, purpose: "orders" },
    async (answer: Answer) => {
      if (answer.status === 200) return answer.text();
      const cameAt = Date.now();
      const retryAfter = answer.headers["retry-after"];
      const at = { now: session.clock.now(), ...(retryAfter === undefined ? {} : { retryAfter }) };
      const failure = statusFailure(answer.status, await answer.text(), at);
      if (retryAfter !== undefined) watch.told(retryAfter, cameAt);
      throw failure;
    },
  );

/** Server-sent events join the same groups: what a group wrote once is handed to yoga as it is. */
import type { ExecutionResult } from "graphql";
import { GraphQLError } from "graphql";
import type { Asking } from "../graphql/operation.ts";
import { failure } from "../graphql/mask.ts";
import type { Prepared } from "../graphql/prepare.ts";
import { BACKLOG_MOST } from "./member.ts";
import type { EndReason, Member } from "./member.ts";
import { subscribe } from "./subscribe.ts";
import type { Live } from "./subscribe.ts";

/** yoga writes what `stringify` gives. */
type Written = ExecutionResult & { readonly stringify: () => string };

export interface EventStreams {
  open(
    asking: Asking,
    prepared: Extract<Prepared, { ok: true }>,
  ): Promise<AsyncIterable<Written> | { readonly errors: readonly GraphQLError[] }>;
  readonly streams: Iterable<Member>;
}

const WHY: Readonly<Record<EndReason, { code: "RATE_LIMITED" | "UNAUTHENTICATED" | "INTERNAL"; message: string }>> = {
  slow: { code: "RATE_LIMITED", message: "Read too slowly. Subscribe again for a whole snapshot." },
  revoked: { code: "UNAUTHENTICATED", message: "The session or token has ended." },
  shutdown: { code: "INTERNAL", message: "Restarting. Subscribe again for a whole snapshot." },
  failed: { code: "INTERNAL", message: "Something went wrong on our side. Subscribe again for a whole snapshot." },
};

export function openEventStreams(live: Live): EventStreams {
  const streams = new Set<Member>();
  return {
    streams,
    async open(asking, prepared) {
      const queue = makeQueue();
      const member: Member = {
        caller: asking.caller,
        deliver: (text) => queue.push(text),
        end: (why) => {
          live.metrics.dropped.inc({ why });
          const { code, message } = WHY[why];
          queue.finish(JSON.stringify({ errors: [failure(message, code)] }));
        },
      };
      const joined = await subscribe(live, asking, prepared, member);
      if ("errors" in joined) return joined;
      streams.add(member);
      return queue.read(() => {
        streams.delete(member);
        joined.leave();
      });
    },
  };
}

const written = (text: string): Written => ({ stringify: () => text });

function makeQueue() {
  const waiting: string[] = [];
  let size = 0;
  let last: string | null = null;
  let isOver = false;
  let wake: () => void = () => {};

  return {
    push(text: string): boolean {
      if (isOver || size > BACKLOG_MOST) return false;
      waiting.push(text);
      size += text.length;
      wake();
      return true;
    },
    finish(text: string): void {
      last = text;
      waiting.length = 0;
      size = 0;
      wake();
    },
    read(onEnd: () => void): AsyncIterableIterator<Written> {
      const over = (): IteratorResult<Written> => {
        if (!isOver) onEnd();
        isOver = true;
        return { done: true, value: undefined };
      };
      return {
        async next() {
          for (;;) {
            const text = waiting.shift();
            if (text !== undefined) {
              size -= text.length;
              return { done: false, value: written(text) };
            }
            if (isOver) return over();
            if (last !== null) {
              const goodbye = last;
              last = null;
              over();
              return { done: false, value: written(goodbye) };
            }
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        },
        return() {
          wake();
          return Promise.resolve(over());
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
  };
}

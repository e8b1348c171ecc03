/**
 * A client may use an id again as soon as it has completed it (`graphql-transport-ws`). graphql-ws forgets one a little after
 * its end, and what comes of the earlier operation would then be said of the later one. So it is given ids that never come
 * again, a number before the client's own, which alone goes over the wire.
 */
import { CloseCode, MessageType, parseMessage } from "graphql-ws";
import type { Message } from "graphql-ws";

export interface Ids {
  /** What graphql-ws is to hear of it: nothing, where it is about what is over. Or how the socket is to be closed. */
  heard(text: string): { readonly text: string | null } | { readonly code: CloseCode; readonly why: string };
  /** What goes over the wire of what graphql-ws says: nothing, where the client has completed it. */
  said(text: string): string | null;
  /** Whether the client still wants to hear of it; graphql-ws itself tells only once it has begun. */
  isRunning(id: string): boolean;
}

/** As the client calls it. */
export const wireId = (id: string): string => id.slice(id.indexOf(":") + 1);

/** The most that fits into a close frame is 123 bytes. */
const ID_TOLD_MOST = 24;
const SAID = /^\{"id":("(?:[^"\\]|\\.)*"),"type":"(next|error|complete)"/;

export function makeIds(): Ids {
  /** Of what runs: the client's id, and the one that graphql-ws knows it by. */
  const running = new Map<string, string>();
  let begun = 0;

  function heardMessage(message: Message, text: string): ReturnType<Ids["heard"]> {
    switch (message.type) {
      case MessageType.Subscribe: {
        if (running.has(message.id))
          return {
            code: CloseCode.SubscriberAlreadyExists,
            why: `Subscriber for ${message.id.slice(0, ID_TOLD_MOST)} already exists`,
          };
        begun += 1;
        const id = `${begun}:${message.id}`;
        running.set(message.id, id);
        return { text: JSON.stringify({ ...message, id }) };
      }
      case MessageType.Complete: {
        const id = running.get(message.id);
        running.delete(message.id);
        return { text: id === undefined ? null : JSON.stringify({ ...message, id }) };
      }
      case MessageType.ConnectionAck:
      case MessageType.Next:
      case MessageType.Error:
        return { code: CloseCode.BadRequest, why: "That is for the server to say" };
      case MessageType.ConnectionInit:
      case MessageType.Ping:
      case MessageType.Pong:
        return { text };
      default:
        return message satisfies never;
    }
  }

  const isRunning = (id: string): boolean => running.get(wireId(id)) === id;

  return {
    isRunning,
    heard(text) {
      try {
        return heardMessage(parseMessage(text), text);
      } catch {
        return { code: CloseCode.BadRequest, why: "Invalid message received" }; // what is no message says nothing more
      }
    },
    said(text) {
      const [head, quoted, type] = SAID.exec(text) ?? [];
      if (head === undefined || quoted === undefined) return text;
      const id = String(JSON.parse(quoted));
      const own = wireId(id);
      if (!isRunning(id)) return null;
      if (type !== "next") running.delete(own);
      return `{"id":${JSON.stringify(own)},"type":"${type}"${text.slice(head.length)}`;
    },
  };
}

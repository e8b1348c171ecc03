import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openLiveLink } from "./live-link.ts";
import { LiveStore } from "./live-store.ts";

const coming = vi.hoisted(() => ({ failures: 0 }));
vi.mock(import("../parts/arrival.ts"), async (original) => {
  const real = await original();
  return {
    ...real,
    arrivalOf: (load) => ({
      prefetch: () => undefined,
      promise: async () => {
        coming.failures -= 1;
        if (coming.failures >= 0) throw new real.NotLoaded(() => undefined, false, null);
        return load();
      },
    }),
  };
});

/** The other end of a socket: what the page sends but for its pings, which are answered, and what it is told. */
class FakeSocket {
  static readonly OPEN = 1;
  static readonly opened: FakeSocket[] = [];
  readonly readyState = 1;
  readonly sent: string[] = [];
  closedWith: number | null = null;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: unknown) => void) | null = null;

  constructor() {
    FakeSocket.opened.push(this);
    queueMicrotask(() => this.onopen?.());
  }
  send(text: string): void {
    const { type }: { type: string } = JSON.parse(text);
    if (type === "ping") queueMicrotask(() => this.says({ type: "pong" }));
    else this.sent.push(type);
  }
  close(code = 1000): void {
    this.closedWith = code;
    this.onclose?.({ code, reason: "", wasClean: true });
  }
  says(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

beforeEach(() => {
  FakeSocket.opened.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("CloseEvent", Event);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const open = () =>
  openLiveLink({
    url: "ws://127.0.0.1/graphql",
    organisation: "monsoon-and-moss",
    language: () => "en",
    store: new LiveStore({ now: () => 0, later: () => () => undefined, isHidden: () => false }),
  });

test("a server that takes long to let a page in is waited for, and then asked", async () => {
  const link = open();
  await expect.poll(() => FakeSocket.opened[0]?.sent).toEqual(["connection_init"]);
  const [socket] = FakeSocket.opened;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(socket?.closedWith).toBeNull();
  socket?.says({ type: "connection_ack" });
  await expect.poll(() => socket?.sent).toContain("subscribe");
  expect(FakeSocket.opened).toHaveLength(1);
  link.close();
});

test("a link counts as lost 4 s after it broke, however often it is tried again meanwhile, and a hiccup is none", async () => {
  const link = open();
  const stood: string[] = [];
  link.subscribe(() => stood.push(link.read().kind));
  await expect.poll(() => FakeSocket.opened).toHaveLength(1);
  const breakAll = () =>
    FakeSocket.opened.forEach((socket) => socket.onclose?.({ code: 1006, reason: "", wasClean: false }));
  breakAll();
  await vi.advanceTimersByTimeAsync(3_000);
  breakAll();
  await vi.advanceTimersByTimeAsync(999);
  expect(stood).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(stood).toEqual(["lost"]);
  link.close();
});

test("where the code of sockets does not come the link is lost after 4 s, and opens once it comes", async () => {
  coming.failures = 3;
  const link = open();
  const stood: string[] = [];
  link.subscribe(() => stood.push(link.read().kind));
  await expect.poll(() => coming.failures).toBe(2);
  await vi.advanceTimersByTimeAsync(2_000);
  await expect.poll(() => coming.failures).toBe(1);
  expect(stood).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  await expect.poll(() => coming.failures).toBe(0);
  expect(stood).toEqual(["lost"]);
  await vi.advanceTimersByTimeAsync(2_000);
  await expect.poll(() => FakeSocket.opened).toHaveLength(1);
  link.close();
});

test("what a ping says of the session's end stands until it is taken back, or the link is lost", async () => {
  const link = open();
  await expect.poll(() => FakeSocket.opened).toHaveLength(1);
  const [socket] = FakeSocket.opened;
  const end = { at: "2026-11-20T17:19:00Z", canStay: true };
  const hears = (sessionEnd: unknown) => {
    socket?.says({ type: "ping", payload: { sessionEnd } });
    return link.readEnd();
  };
  expect(link.readEnd()).toBeNull();
  expect(hears(end)).toEqual(end);
  expect(hears(null)).toBeNull();
  hears(end);
  socket?.onclose?.({ code: 1006, reason: "", wasClean: false });
  await vi.advanceTimersByTimeAsync(4_000);
  expect(link.readEnd()).toBeNull();
  link.close();
});

/** A process of the bench: forked with the product's own flags, told by messages, its memory read from outside. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Serving } from "./page-server.ts";
import type { LoadSettings, Order, Told } from "./worker-process.ts";

export const LOAD_FLAGS: readonly string[] = ["--max-old-space-size=320", "--max-semi-space-size=12"];

export class Pages {
  readonly port: number;
  readonly #child: ChildProcess;
  refused = 0;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    child.on("message", (message: { kind: string; refused?: number }) => {
      if (message.kind === "refused") this.refused = message.refused ?? 0;
    });
  }

  static async start(): Promise<Pages> {
    const child = fork(fileURLToPath(new URL("page-server.ts", import.meta.url)), { stdio: "inherit" });
    const { port } = await next<{ kind: string; port: number }>(child, "listening");
    return new Pages(child, port);
  }

  async serve(serving: Serving): Promise<void> {
    const ready = next(this.#child, "serving");
    this.#child.send(serving);
    await ready;
  }

  stop(): void {
    this.#child.disconnect();
  }
}

export class WorkerProcess {
  readonly #child: ChildProcess;
  peakMb = 0;
  readonly #sampler: NodeJS.Timeout;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#sampler = setInterval(() => this.#sample(), 200);
    this.#sampler.unref();
  }

  static async start(settings: LoadSettings): Promise<WorkerProcess> {
    const child = fork(fileURLToPath(new URL("worker-process.ts", import.meta.url)), {
      stdio: "inherit",
      execArgv: [...LOAD_FLAGS],
    });
    const ready = next(child, "ready");
    child.send({ kind: "settings", settings } satisfies Order);
    await ready;
    return new WorkerProcess(child);
  }

  async ask<Kind extends Told["kind"]>(order: Order, answer: Kind): Promise<Extract<Told, { kind: Kind }>> {
    const answered = next<Extract<Told, { kind: Kind }>>(this.#child, answer);
    this.#child.send(order);
    return answered;
  }

  /** The kernel's own high-water mark, so that no peak falls between two looks. */
  #sample(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#child.exitCode !== null) return;
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    this.peakMb = Math.max(this.peakMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? "0") / 1024);
  }

  async stop(): Promise<void> {
    this.#sample();
    clearInterval(this.#sampler);
    const gone = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
    this.#child.disconnect();
    await gone;
  }
}

/** Another process of the bench, told what to do and asked what came of it; its memory is the kernel's word. */
export class Process<Asked extends object, Answer extends { kind: string }> {
  readonly #child: ChildProcess;

  constructor(program: string) {
    this.#child = fork(fileURLToPath(new URL(program, import.meta.url)), { stdio: "inherit" });
  }

  async ask<Kind extends Answer["kind"]>(order: Asked, answer: Kind): Promise<Extract<Answer, { kind: Kind }>> {
    const answered = next<Extract<Answer, { kind: Kind }>>(this.#child, answer);
    this.#child.send(order);
    return answered;
  }

  /** User's and kernel's, since it began; the kernel counts a hundred a second. */
  get cpuMs(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8");
    const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14).map(Number);
    return (user + system) * 10;
  }

  get memoryKb(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? "0");
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.disconnect();
    await gone;
  }
}

/** The next message of that kind; whatever went wrong in the process is thrown here. */
async function next<Message>(child: ChildProcess, kind: string): Promise<Message> {
  const done = new AbortController();
  const { signal } = done;
  const gone = once(child, "exit", { signal }).then(
    ([code]) => ({ kind: "failed", why: `a bench process ended with ${String(code)}` }),
    () => ({ kind: "failed", why: "nobody listens any more" }),
  );
  try {
    for (;;) {
      const heard = once(child, "message", { signal }).then(([message]) => message);
      const message = await Promise.race([heard, gone]);
      if (message.kind === "failed") throw new Error(message.why);
      if (message.kind === kind) return message;
    }
  } finally {
    done.abort();
  }
}

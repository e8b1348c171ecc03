// What the person at the terminal sees: one line a step, with how long it took; a long step shows that it lives.

/** @typedef {ReturnType<typeof openScreen>} Screen */

const heartbeatMs = 10_000;
const width = 22;

/** @param {{ out?: NodeJS.WriteStream }} [options] */
export function openScreen({ out = process.stdout } = {}) {
  const live = out.isTTY;
  /** @type {{ title: string, since: number, note: string, timer: NodeJS.Timeout } | null} */
  let step = null;

  const seconds = (/** @type {number} */ since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
  const label = (/** @type {string} */ title) => `  ${title.padEnd(width)}`;
  const wipe = () => void (live && out.write("\r\u001B[2K"));
  const line = (/** @type {string} */ text) => {
    wipe();
    out.write(`${text}\n`);
    draw();
  };
  function draw() {
    if (live && step)
      out.write(
        `\r\u001B[2K${label(step.title)}${step.note || "..."}  ${seconds(step.since)}`.slice(
          0,
          (out.columns || 120) + 5,
        ),
      );
  }
  const end = (/** @type {string} */ how) => {
    if (!step) return;
    clearInterval(step.timer);
    const { title, since } = step;
    step = null;
    line(`${label(title)}${how.padEnd(10)} ${seconds(since)}`);
  };
  return {
    line,
    /** @param {string} title */
    begin(title) {
      const since = Date.now();
      const timer = setInterval(
        () => (live ? draw() : line(`${label(title)}${step?.note || "..."}  ${seconds(since)}`)),
        live ? 500 : heartbeatMs,
      );
      timer.unref();
      step = { title, since, note: "", timer };
      draw();
    },
    /** What the running step does now; without a step, a line of its own. */
    note: (/** @type {string} */ text) => {
      if (step && live) {
        step.note = text;
        draw();
      } else line(`${label(step?.title ?? "")}${text}`);
    },
    done: (how = "ready") => end(how),
    failed: () => end("failed"),
  };
}

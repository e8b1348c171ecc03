// The Temporal development server: what starts it. One file of data, loopback only.

export const temporalVersion = "1.5.1";

/** Fairness between organisations on one queue; the two pragmas make its single SQLite connection three times as fast. */
const dynamicConfig = ["matching.enableFairness=true"];
const pragmas = ["journal_mode=WAL", "synchronous=NORMAL"];

/** @param {{ binary: string, port: number, uiPort: number | null, namespace: string, file: string, settings?: string[] }} options
 * @returns {import('./child.mjs').Command} */
export function temporalCommand({ binary, port, uiPort, namespace, file, settings = [] }) {
  const listen = [
    "--ip",
    "127.0.0.1",
    "--port",
    String(port),
    ...(uiPort === null ? ["--headless"] : ["--ui-port", String(uiPort)]),
  ];
  const data = [
    "--namespace",
    namespace,
    "--db-filename",
    file,
    ...pragmas.flatMap((pragma) => ["--sqlite-pragma", pragma]),
  ];
  const dynamic = [...dynamicConfig, ...settings].flatMap((value) => ["--dynamic-config-value", value]);
  return { command: binary, args: ["server", "start-dev", "--log-level", "warn", ...listen, ...data, ...dynamic] };
}

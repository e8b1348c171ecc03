// The Temporal development server: what starts it. One file of data, loopback only.

export const temporalVersion = "1.5.1";

/** Fairness between organisations on one queue; the two pragmas make its single SQLite connection three times as fast. */
const dynamicConfig = ["matching.enableFairness=true"];
const pragmas = ["journal_mode=WAL", "synchronous=NORMAL"];

/** @param {{ binary: string, port: number, httpPort: number, uiPort: number | null, namespace: string, file: string, settings?: string[] }} options
 * @returns {import('./child.mjs').Command} */
export function temporalCommand({ binary, port, httpPort, uiPort, namespace, file, settings = [] }) {
  const listen = [
    "--ip",
    "127.0.0.1",
    "--port",
    String(port),
    "--http-port",
    String(httpPort),
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

/** Its database's driver, as this version is downloaded, may take one caller's end for everybody's: from then on each answer is
 * this one, until the process is another. Asked without an end of our own, which could be the one that does it.
 * @param {{ httpPort: number, namespace: string }} options
 * @returns {Promise<boolean>} */
export async function temporalIsStuck({ httpPort, namespace }) {
  try {
    const response = await fetch(`http://127.0.0.1:${httpPort}/api/v1/namespaces/${namespace}`);
    const said = await response.text();
    return !response.ok && said.includes("interrupted (9)");
  } catch {
    return false; // it does not run, which is its keeper's to see
  }
}

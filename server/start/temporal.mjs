// The Temporal development server: what starts it. One file of data, loopback only.

export const temporalVersion = '1.5.1'

/** Fairness between organisations on one queue; the two pragmas make its single SQLite connection three times as fast. */
const dynamicConfig = ['matching.enableFairness=true']
const pragmas = ['journal_mode=WAL', 'synchronous=NORMAL']

/** @param {{ binary: string, port: number, uiPort: number | null, namespace: string, file: string | null }} options */
export const temporalCommand = ({ binary, port, uiPort, namespace, file }) => ({
  command: binary,
  args: [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--namespace', namespace, '--log-level', 'warn'],
    ...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(file === null ? [] : ['--db-filename', file, ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma])]),
    ...dynamicConfig.flatMap((value) => ['--dynamic-config-value', value]),
  ],
})

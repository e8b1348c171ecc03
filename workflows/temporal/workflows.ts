/** Everything the workflow bundle holds. What is imported from here runs in the sandbox: no database, no HTTP, no clock of its own. */
export { backfill } from "./backfill.ts";
export { csvImport } from "./csv-import.ts";
export { datasource } from "./datasource.ts";
export { purge } from "./purge.ts";
export { freshness, planSweep, providerProbe, reconcile, retention } from "./sweeps.ts";

// What went wrong in the database, and what to do now, for whoever reads a terminal or a log.
import postgres from "postgres";

const remedyByCode: Record<string, string> = {
  "28P01": "the password is not the role's: check the user and password in DATABASE_URL",
  "28000": "the server does not let this role in: check DATABASE_URL and the server's pg_hba.conf",
  "3D000": "the database does not exist: create it, or correct its name in DATABASE_URL",
  "42501": "the role lacks a privilege: migrate as a role that may create roles, run the parts as their own roles",
  "53100": "the disk under PostgreSQL is full: free some space and start again, nothing was changed",
  "53200": "PostgreSQL is out of memory: give it more, or lower shared_buffers",
  "53300": "PostgreSQL has no connection left: raise max_connections or lower the pools",
  "55P03": "another transaction holds a lock that this one needs: end it (pg_stat_activity names it) and try again",
  "57P01": "PostgreSQL was shut down meanwhile: start it and try again",
  "57P03": "PostgreSQL is still starting: try again in a few seconds",
  "58P01": "a file of PostgreSQL is missing: its data folder is damaged or was moved while it ran",
  "25006": "the server is read-only, a standby perhaps: point DATABASE_URL at the primary",
  ECONNREFUSED: "nothing listens at that address: start PostgreSQL or correct DATABASE_URL",
  ENOTFOUND: "the host's name cannot be found: correct DATABASE_URL",
  CONNECT_TIMEOUT: "the server did not answer in time: check the address, the network and the firewall",
  CONNECTION_CLOSED: "the connection closed in the middle: look at PostgreSQL's log",
};

/** One line: what the database said, and where we know it, what to do. */
export function failureInWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const said = error instanceof AggregateError ? (error.errors[0]?.message ?? code) : error.message;
  const where = error instanceof postgres.PostgresError && error.where ? ` (${error.where.split("\n")[0]})` : "";
  const remedy = remedyByCode[code];
  return remedy ? `${said}${where}: ${remedy}` : `${said}${where}`;
}

const transientCodes = new Set([
  "40001", // serialization failure
  "40P01", // deadlock
  "55P03", // lock not available
  "53300", // too many connections
  "57P01", // shut down by an administrator
  "57P02", // crash shutdown
  "57P03", // still starting
  "25006", // read-only while a standby takes over
]);

/** True where the same transaction, begun anew, may well succeed: by SQLSTATE class and the driver's own codes. */
export function isWorthAnotherTry(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  return (
    transientCodes.has(error.code) || error.code.startsWith("08") || /^(ECONN|CONNECT|EPIPE|ETIMEDOUT)/.test(error.code)
  );
}

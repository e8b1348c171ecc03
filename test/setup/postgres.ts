import type { TestProject } from "vitest/node";
import { startPostgres } from "./services.ts";
import { share } from "./shared.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The superuser's address of an empty PostgreSQL server. */
    postgresUrl: string;
    /** host:port of a Temporal development server with the namespace `headwater`. */
    temporalAddress: string;
    /** Random tests make so many times their usual number of rounds: 1, and 10 in the long run. */
    scale: number;
    /** Given by who repeats a random run. */
    seed: number | null;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await share("postgres", startPostgres);
  project.provide("postgresUrl", postgres.address);
  return () => postgres.stop();
}

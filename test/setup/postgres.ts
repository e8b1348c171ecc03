import type { TestProject } from "vitest/node";
import { testConfig } from "./config.ts";
import { startPostgres } from "./services.ts";
import { share } from "./shared.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The superuser's address of an empty PostgreSQL server. */
    postgresUrl: string;
    /** host:port of a Temporal development server with the namespace `headwater`. */
    temporalAddress: string;
    /** Whether this is the long run, for numbers of repetitions. */
    isLongRun: boolean;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await share("postgres", startPostgres);
  project.provide("postgresUrl", postgres.address);
  project.provide("isLongRun", testConfig.scale === "long");
  return () => postgres.stop();
}

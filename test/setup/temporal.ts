import type { TestProject } from "vitest/node";
import { startTemporal } from "./services.ts";
import { share } from "./shared.ts";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const temporal = await share("temporal", startTemporal);
  project.provide("temporalAddress", temporal.address);
  return () => temporal.stop();
}

// The files that take longest begin first: one that begins last keeps the whole section waiting while the other places
// stand empty. Without a cache of the last run, as in a fresh checkout, vitest would go by how many bytes a file has.
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Whole stacks that are killed and waited for, longest first. The rest follows in vitest's own order. */
export const longest = [
  "test/faults/stores.fault.test.ts",
  "test/faults/kills-across-platforms.fault.test.ts",
  "test/faults/provider.fault.test.ts",
  "test/faults/kills-of-servers.fault.test.ts",
  "test/faults/commands.fault.test.ts",
  "test/faults/network.fault.test.ts",
  "test/faults/messages.fault.test.ts",
  "test/faults/start.fault.test.ts",
  "test/faults/calendar.fault.test.ts",
  "test/faults/pages.fault.test.ts",
  "test/faults/kills-of-processes.fault.test.ts",
  "test/faults/kills-of-everything.fault.test.ts",
] as const;

function placeOf({ moduleId }: TestSpecification): number {
  const place = longest.findIndex((path) => moduleId.endsWith(`/${path}`));
  return place === -1 ? longest.length : place;
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- not an array's: the sequencer's own.
    const usual = await super.sort(files);
    return usual.toSorted((left, right) => placeOf(left) - placeOf(right));
  }
}

// The files that take longest begin first: one that begins last keeps the whole section waiting while the other places
// stand empty. Lanes of a section get files that take about as long together. Without a cache of the last run, as in a fresh
// checkout, vitest would go by how many bytes a file has, and deal lanes by chance.
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Whole stacks that are killed and waited for, then what stands on PostgreSQL, longest first. The rest follows in vitest's own order. */
export const longest = [
  "test/faults/kills-of-servers.fault.test.ts",
  "test/faults/kills-of-processes.fault.test.ts",
  "test/faults/stores.fault.test.ts",
  "test/faults/kills-across-platforms.fault.test.ts",
  "test/faults/provider.fault.test.ts",
  "test/faults/messages.fault.test.ts",
  "test/faults/kills-of-everything.fault.test.ts",
  "test/faults/pages.fault.test.ts",
  "test/faults/commands.fault.test.ts",
  "test/faults/network.fault.test.ts",
  "test/faults/calendar.fault.test.ts",
  "test/faults/start.fault.test.ts",
  "test/faults/wishes.fault.test.ts",
  "test/connectors/meta-audit.pg.test.ts",
  "workflows/source/limits.pg.test.ts",
  "test/audit/klaviyo.pg.test.ts",
  "workflows/mails/send.pg.test.ts",
  "server/live/live.pg.test.ts",
  "workflows/imports/under-load.pg.test.ts",
  "workflows/source/refresh.pg.test.ts",
  "test/connectors/costs-sftp.pg.test.ts",
] as const;

/** Once measured, three lanes on four cores, with what each waits for before its first test; only how they stand to each other matters. */
export const seconds: Readonly<Record<string, number>> = {
  "test/browser/gallery.browser.test.ts": 375,
  "test/browser/klaviyo.browser.test.ts": 155,
  "test/browser/long-lists.browser.test.ts": 140,
  "test/browser/consent.browser.test.ts": 120,
  "test/browser/meta-ads.browser.test.ts": 115,
  "test/browser/screens.browser.test.ts": 115,
  "test/browser/keyboard.browser.test.ts": 100,
  "test/browser/files.browser.test.ts": 93,
  "test/browser/said.browser.test.ts": 92,
  "test/browser/vanished.browser.test.ts": 70,
  "test/browser/first-evening.browser.test.ts": 65,
  "test/browser/choices-sent.browser.test.ts": 65,
  "test/browser/two-windows.browser.test.ts": 55,
  "test/browser/pseudo.browser.test.ts": 70,
  "test/browser/said-of-one.browser.test.ts": 50,
  "test/browser/repair.browser.test.ts": 50,
  "test/browser/by-mail.browser.test.ts": 45,
};
export const secondsUnmeasured = 20;

/** Each file to the lane that has least so far, the longest first; the same for whoever asks. */
export function inLanes<File>(files: readonly File[], count: number, pathOf: (file: File) => string): File[][] {
  const lanes = Array.from({ length: count }, () => ({ takes: 0, files: new Array<File>() }));
  const known = files.map((file) => ({ file, path: pathOf(file), takes: seconds[pathOf(file)] ?? secondsUnmeasured }));
  for (const { file, takes } of known.toSorted((a, b) => b.takes - a.takes || (a.path < b.path ? -1 : 1))) {
    const lane = lanes.reduce((least, one) => (one.takes < least.takes ? one : least));
    lane.takes += takes;
    lane.files.push(file);
  }
  return lanes.map((lane) => lane.files);
}

export class LongestFirst extends BaseSequencer {
  #pathOf({ moduleId }: TestSpecification): string {
    return moduleId.slice(this.ctx.config.root.length + 1);
  }

  #placeOf(file: TestSpecification): number {
    const place = longest.findIndex((path) => path === this.#pathOf(file));
    return place === -1 ? longest.length : place;
  }

  override async shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { shard } = this.ctx.config;
    return shard ? (inLanes(files, shard.count, (file) => this.#pathOf(file))[shard.index - 1] ?? []) : files;
  }

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- not an array's: the sequencer's own.
    const usual = await super.sort(files);
    return usual.toSorted((left, right) => this.#placeOf(left) - this.#placeOf(right));
  }
}

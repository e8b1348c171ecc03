// A mailer and an advertiser beside the shops of one stack: the same faults meet them, in the same tests. Their figures stand
// still by themselves, a day back, and an hour passes at them before each sync: what it did not read, the audit misses.
import { Temporal } from "temporal-polyfill";
import { expect } from "vitest";
import type { Fields } from "./caller.ts";
import { connectKlaviyo, connectMeta, rowOf, type Source } from "./platforms.ts";
import type { Product } from "./product.ts";
import { fieldsIn } from "./shops.ts";
import { hasSynced, rowIdOf, syncedFromNow } from "./syncs.ts";

const HOUR_MS = 3_600_000;
/** As many hours as pass at most, so that none of them is still to come. */
const BACK_MS = 22 * HOUR_MS;

export interface Beside {
  readonly mailer: Source;
  readonly advertiser: Source;
  /** An hour passes at their sources. */
  hourPasses(): Promise<void>;
  /** Of the ledger, oldest first. */
  requestsSince(source: Source, sinceMs: number): Promise<Fields[]>;
  breakWith(source: Source, rule: object): Promise<number>;
  /** An hour passes, the next sync of each meets a fault of its own, and then its days are those of its source. */
  survive(rule: object): Promise<void>;
  /** The same in two parts: everything has met its fault; everything is read. */
  meets(source: Source, rule: object): Promise<() => Promise<void>>;
  /** The days that every sync reads again. */
  audited(source: Source): Promise<number>;
}

export async function connectBeside(product: Product): Promise<Beside> {
  let asOfMs = Date.parse(String((await product.desk("state"))["now"])) - BACK_MS;
  const standAt = async (): Promise<void> => {
    const asOf = new Date(asOfMs).toISOString();
    for (const platform of ["klaviyo", "meta-ads"]) await product.desk(`${platform}/settings`, { asOf });
  };
  await standAt();
  const [mailer, advertiser] = [await connectKlaviyo(product), await connectMeta(product)];
  for (const { platform } of [mailer, advertiser]) {
    const isIn = async () => (await rowOf(product, platform))["first_numbers_at"] !== null;
    await product.until(`the first days of ${platform}`, isIn);
  }

  const beside: Beside = {
    mailer,
    advertiser,
    async hourPasses() {
      asOfMs += HOUR_MS;
      await standAt();
    },
    async requestsSince({ host }, sinceMs) {
      const response = await fetch(`${product.stack.sandboxUrl}/_desk/requests?limit=100000`);
      return fieldsIn(await response.json()).filter((row) => row["surface"] === host && Number(row["atMs"]) >= sinceMs);
    },
    async breakWith({ host, reads }, rule) {
      return Number((await product.desk("faults", { shop: host, match: reads, ...rule }))["id"]);
    },
    async meets(source, rule) {
      const since = Date.now();
      await beside.breakWith(source, rule);
      await product.caller.command("syncNow", { datasource: source.id });
      const metAt = async (): Promise<number | null> => {
        const met = (await beside.requestsSince(source, since)).find((each) => each["fault"] !== null);
        return met === undefined ? null : Number(met["atMs"]);
      };
      const what = `${source.platform}: ${JSON.stringify(rule)}`;
      const isHit = async () => {
        const faults = fieldsIn((await product.desk("state"))["faults"]);
        return (await metAt()) !== null || !faults.some((each) => JSON.stringify(each["rule"]).includes(source.host));
      };
      await product.until(`the fault is met: ${what}`, isHit);
      return async () => {
        await product.until(`the fault is over: ${what}`, async () => (await metAt()) !== null);
        const endedMs = (await metAt()) ?? since;
        const row = rowIdOf(source.id);
        await product.until(`it is read in the end: ${what}`, () => hasSynced(product, row, { begunMs: since }));
        // Where a history met it, the sync that was asked for may have been over before.
        if (!(await hasSynced(product, row, { begunMs: since, endedMs })))
          await syncedFromNow(product, source.id, what);
        await beside.audited(source);
        expect((await rowOf(product, source.platform))["auth"], what).toBe("ok");
      };
    },
    async survive(rule) {
      await beside.hourPasses();
      const met = await Promise.all([mailer, advertiser].map((source) => beside.meets(source, rule)));
      await Promise.all(met.map((isRead) => isRead()));
    },
    async audited(source) {
      const { zone } = await rowOf(product, source.platform);
      // Of a day that has only begun there may be nothing yet.
      const today = Temporal.Instant.fromEpochMilliseconds(asOfMs).toZonedDateTimeISO(String(zone)).toPlainDate();
      const rows = await source.audited(today.subtract({ days: 1 }).toString());
      expect(rows, source.platform).toBeGreaterThan(0);
      return rows;
    },
  };
  for (const source of [mailer, advertiser]) {
    await syncedFromNow(product, source.id, source.platform);
    await beside.audited(source);
  }
  return beside;
}

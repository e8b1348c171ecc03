// A ledger of costs under the whole stack: pulled behind a secret, each new file put in line, the first one confirmed.
import { setTimeout as sleep } from "node:timers/promises";
import { auditCosts, auditStandingFile } from "../audit/costs.ts";
import { demo } from "../sandbox/custom-costs/twin.ts";
import { at, type Fields } from "./caller.ts";
import { repeating } from "./kill-loop.ts";
import { failOn, type Source } from "./platforms.ts";
import type { Product } from "./product.ts";
import { fieldsIn } from "./shops.ts";
import { rowIdOf } from "./syncs.ts";

const ledger = "large-ledger.csv";
const DAY_MS = 86_400_000;
/** Below the thirty files an hour that a datasource takes. */
const filesMost = 12;

export interface CostSource extends Source {
  /** A day passes in the ledger and its file is asked for, again and again; meanwhile what counts is one whole file, always. */
  filesComing(): { came(count: number): Promise<void>; stop(): Promise<{ looks: number; files: number }> };
  /** Every file that was put in line has been taken, or has made way for a newer one. */
  taken(): Promise<void>;
}

export async function connectCosts(product: Product): Promise<CostSource> {
  const native = await product.caller.command("connectNative", { platform: "custom-costs" }, "datasource { id }");
  const id = String(at(native, "datasource", "id"));
  const datasourceId = rowIdOf(id);
  const url = `https://files.costs.example/bearer/${ledger}`;
  const asked = { datasource: id, name: "Ledger", url, auth: "bearer", everyMinutes: 15 };
  const isLive = async (): Promise<boolean> =>
    (await product.sql`select phase from datasources where id = ${datasourceId}`)[0]?.["phase"] === "LIVE";
  await product.until("costs may come", isLive);
  let feed: unknown;
  const save = async (secret: string): Promise<void> => {
    const input = { ...asked, secret, ...(feed === undefined ? {} : { feed }) };
    const saved = await product.caller.command("saveFeed", input, "feed { id }");
    if (saved.outcome !== "SaveFeedSuccess") throw new Error(`saveFeed: ${JSON.stringify(saved)}`);
    feed = at(saved, "feed", "id");
  };
  // So many days ago: its files end today, where everything else stands.
  await standBack(product, filesMost);
  await save(demo.bearer);
  const options = () => ({ sandboxUrl: product.stack.sandboxUrl, sql: product.sql, datasourceId, ledger });
  const given = { files: 0 };
  return {
    platform: "custom-costs",
    id,
    host: "files.costs.example",
    reads: ledger,
    async audited() {
      failOn("custom-costs", (await auditStandingFile(options())).findings, product);
      const report = await auditCosts(options());
      failOn("custom-costs", report.findings, product);
      return report.rows;
    },
    loseAccess: () => save("taken away"),
    giveAccess: () => save(demo.bearer),
    async taken() {
      const isIdle = async (): Promise<boolean> => {
        await confirmWaiting(product, id);
        const open = await product.sql`
          select 1 from uploads where datasource_id = ${datasourceId} and (asked is not null or state in ('received', 'needs_confirmation'))`;
        return open.length === 0;
      };
      await product.until("every file of costs is taken", isIdle);
    },
    filesComing: () => filesComing(product, id, options, given),
  };
}

/** Days pass once: who asks for files again gets looks at the newest. */
function filesComing(
  product: Product,
  id: string,
  options: () => Parameters<typeof auditStandingFile>[0],
  given: { files: number },
) {
  let looks = 0;
  const findings: string[] = [];
  let wokenAt = 0;
  const work = async (): Promise<number> => {
    await sleep(250);
    const standing = await auditStandingFile(options());
    findings.push(...standing.findings);
    looks += 1;
    await confirmWaiting(product, id);
    if (Date.now() - wokenAt < 4_000 || given.files >= filesMost) return 1;
    wokenAt = Date.now();
    await standBack(product, filesMost - (given.files += 1));
    await product.caller.command("syncNow", { datasource: id });
    return 1;
  };
  // Whatever is down at that moment is asked again a moment later; what is found is never let go.
  const going = repeating(() => work().catch(() => 1));
  return {
    came: (count: number) =>
      product.until(`${count} files of costs come`, () => Promise.resolve(Math.min(looks, given.files) >= count)),
    async stop() {
      await going.stop();
      await standBack(product, 0);
      const { files } = given;
      given.files = filesMost;
      failOn("custom-costs", findings, product);
      return { looks, files };
    },
  };
}

/** The ledger as it was so many days ago by the sandbox's clock. */
async function standBack(product: Product, days: number): Promise<void> {
  const now = Date.parse(String((await product.desk("state"))["now"]));
  await product.desk("custom-costs/settings", { asOf: new Date(now - days * DAY_MS).toISOString() });
}

/** A person says yes to the file that is shown. */
async function confirmWaiting(product: Product, id: string): Promise<void> {
  const document = "query ($id: ID!) { datasource(id: $id) { uploads(first: 5) { nodes { id state } } } }";
  const uploads: Fields[] = fieldsIn(
    at(await product.caller.graphql(document, { id }), "datasource", "uploads", "nodes"),
  );
  for (const upload of uploads)
    if (upload["state"] === "NEEDS_CONFIRMATION")
      await product.caller.command("confirmUpload", { upload: upload["id"], goodRowsOnly: false });
}

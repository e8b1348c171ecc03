// Deletes at the source are followed by a daily sweep. A test cannot wait for a day: the first numbers are made two days
// old, and a resume looks at what is due at once, as it does after a pause of a week.
import type { Product } from "./product.ts";

const sweeps = (product: Product, row: string, since: Date) => product.sql`
  select state from runs where datasource_id = ${row} and kind = 'sweep' and started_at >= ${since}`;

/** Until the pause has been read: resumed before that, it has never been. */
export async function paused(product: Product, domain: string, id: string): Promise<void> {
  const { outcome } = await product.caller.command("pauseDatasource", { datasource: id });
  if (outcome !== "PauseDatasourceSuccess") throw new Error(`pause of ${domain}: ${outcome}`);
  await product.until(`${domain} is paused`, async () => (await product.datasource(domain))["phase"] === "PAUSED");
}

/** Until everything that is gone at the source has been looked for; `meanwhile` happens as soon as the sweep has begun. */
export async function followDeletes(
  product: Product,
  domain: string,
  id: string,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const row = String((await product.datasource(domain))["id"]);
  const [aged] = await product.sql<{ at: Date }[]>`
    update datasources set first_numbers_at = now() - interval '2 days' where id = ${row} returning now() as at`;
  if (aged === undefined) throw new Error(`There is no datasource of ${domain}`);
  await paused(product, domain, id);
  const { outcome } = await product.caller.command("resumeDatasource", { datasource: id });
  if (outcome !== "ResumeDatasourceSuccess") throw new Error(`resume of ${domain}: ${outcome}`);
  const hasBegun = async (): Promise<boolean> => (await sweeps(product, row, aged.at)).length > 0;
  await product.until(`the sweep of ${domain} begins`, hasBegun);
  await meanwhile();
  const isDone = async (): Promise<boolean> =>
    (await sweeps(product, row, aged.at)).some((run) => run["state"] === "succeeded");
  await product.until(`the sweep of ${domain} ends`, isDone);
}

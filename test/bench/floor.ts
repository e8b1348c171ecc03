/** The floor: PostgreSQL alone copies the same orders from a file of its own, seven typed columns and the document. */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { once } from "node:events";
import postgres from "postgres";
import { createdMs, factsOf, orderJson, type Shape } from "./orders.ts";

const escaped = (json: string): string => json.replaceAll("\\", "\\\\");

async function writeFile(path: string, shape: Shape): Promise<void> {
  const out = createWriteStream(path, { mode: 0o644 });
  for (let index = 0; index < shape.count; index += 1) {
    const { id, updatedAt, totalCents } = factsOf(shape, index);
    const at = new Date(createdMs(shape, index)).toISOString();
    const line = `tenant\t${id}\t${updatedAt}\t${at}\t#${1001 + index}\tEUR\t${totalCents / 100}\t${escaped(orderJson(shape, index))}\n`;
    if (!out.write(line)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
}

/** Milliseconds of the COPY statement, commit included. */
export async function measureFloor(adminUrl: string, folder: string, shape: Shape): Promise<number> {
  const path = join(folder, `orders-${shape.count}.copy`);
  await writeFile(path, shape);
  const sql = postgres(adminUrl, { max: 1, onnotice: () => undefined });
  try {
    await sql`drop table if exists floor`;
    await sql`create table floor (tenant text, id text, updated_at timestamptz, created_at timestamptz, name text, currency text,
      total numeric, raw jsonb, primary key (tenant, id))`;
    await sql`checkpoint`;
    const began = performance.now();
    await sql.unsafe(`copy floor from '${path}'`);
    return performance.now() - began;
  } finally {
    await sql`drop table if exists floor`;
    await sql.end();
    await rm(path, { force: true });
  }
}

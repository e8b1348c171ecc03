import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentialId, grantId, makeVaultKeys, openDatabase, organisationId, seal } from "@headwater/db";
import type { Database, OrganisationId } from "@headwater/db";
import { createTestDatabase } from "@headwater/db/testing.ts";
import type { TestDatabase } from "@headwater/db/testing.ts";
import { verifyAudit } from "@headwater/db/verify-audit.ts";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { AT_ONCE } from "../source/revoke-platform.ts";
import { until } from "../temporal/testing/until.ts";

const folder = mkdtempSync(join(tmpdir(), "headwater-revoke-"));
const keys = makeVaultKeys();
let database: TestDatabase;
let owner: Database;

/** Shops that uninstall an app, or let the question wait, or break. */
const shops = { asked: [] as string[], ended: new Set<string>(), waiting: [] as ServerResponse[], answers: Infinity };
const broken = "broken.myshopify.com";
const server = createServer((request, response) => {
  request.resume();
  const shop = request.headers.host ?? "";
  shops.asked.push(shop);
  if (shops.ended.size >= shops.answers) return void shops.waiting.push(response);
  if (shop === broken && shops.answers !== Infinity) return void response.writeHead(503).end("down");
  if (shops.ended.has(shop)) return void response.writeHead(401).end(`{"errors":"Invalid API key or access token"}`);
  shops.ended.add(shop);
  response.setHeader("content-type", "application/json");
  response.end(`{"data":{"appUninstall":{"app":{"id":"gid://shopify/App/1"},"userErrors":[]}}}`);
});

beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  owner = openDatabase({ url: database.ownerUrl, max: 4 });
  writeFileSync(join(folder, "private"), keys.privateKey);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await owner.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

function command(...words: string[]) {
  const { port } = server.address() as AddressInfo; // oxlint-disable-line typescript/no-unsafe-type-assertion -- it listens on a port
  const child = spawn(process.execPath, [join(import.meta.dirname, "revoke-platform.ts"), ...words], {
    env: {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: database.workerUrl,
      VAULT_PRIVATE_KEY_FILE: join(folder, "private"),
      PROVIDER_ROUTES: JSON.stringify({ "*.myshopify.com": `http://127.0.0.1:${port}` }),
      SHOPIFY_CLIENT_ID: "client",
      SHOPIFY_CLIENT_SECRET: "secret",
      LOG_LEVEL: "error",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, "close").then(([code]) => ({ code: Number(code), output }));
  return { child, ended };
}

async function addOrganisation(): Promise<OrganisationId> {
  const id = organisationId(randomUUID());
  await owner.sql`insert into organisations (id, slug, name, zone, currency) values (${id}, ${id}, 'Brand', 'UTC', 'EUR')`;
  return id;
}

async function addGrant(organisation: OrganisationId, login: string, platform = "shopify", auth = "ok") {
  const [id, credential] = [grantId(randomUUID()), credentialId(randomUUID())];
  const binding = { organisationId: organisation, grantId: id, credentialId: credential };
  const { sealed, wrappedKey, keyId } = seal(keys.publicKey, binding, { accessToken: `token of ${login}`, key: "pk" });
  await owner.sql`insert into grants (organisation_id, id, platform, login_key, credential_id, version)
    values (${organisation}, ${id}, ${platform}, ${login}, ${credential}, 1)`;
  await owner.sql`insert into credentials (organisation_id, id, grant_id, version, sealed, wrapped_key, key_id)
    values (${organisation}, ${credential}, ${id}, 1, ${sealed}, ${wrappedKey}, ${keyId})`;
  await owner.sql`insert into datasources (organisation_id, platform, grant_id, name, phase, auth, connected_at)
    values (${organisation}, ${platform}, ${id}, ${login}, 'LIVE', ${auth}, now())`;
}

const readable = async (): Promise<string[]> =>
  (
    await owner.sql<{ login: string }[]>`
      select g.login_key as login from grants g join credentials c on c.grant_id = g.id
      where c.sealed is not null or c.wrapped_key is not null order by 1`
  ).map(({ login }) => login);

const HERE = 90;
const meant = Array.from({ length: HERE }, (_, n) => `shop-${n}.myshopify.com`);

test("one command ends every token of a platform; killed or refused, it goes on with the same ones", async () => {
  for (let n = 0; n < HERE; n += 10) {
    const organisation = await addOrganisation();
    for (const login of meant.slice(n, n + 10)) await addGrant(organisation, login);
  }
  const other = await addOrganisation();
  await addGrant(other, broken, "shopify", "expired");
  await addGrant(other, "klaviyo-account", "klaviyo");

  expect((await command("shopify").ended).output, "without the word it only tells").toContain(
    `shopify: ${HERE + 1} grants of 10 organisations`,
  );
  expect(shops.asked).toEqual([]);

  shops.answers = 20;
  const first = command("shopify", "--now");
  await until(
    () => Promise.resolve(shops.waiting.length),
    (waiting) => waiting >= AT_ONCE,
  );
  first.child.kill("SIGKILL");
  await first.ended;
  const states = await owner.sql`
    select auth, auth_reason->>'code' as code, count(*)::int as n from datasources where platform = 'shopify' group by 1, 2`;
  expect([...states], "nothing is read any more, whatever is left to do").toEqual([
    { auth: "revoked", code: "revokedByOperator", n: HERE + 1 },
  ]);
  const notices = await owner.sql<{ n: number }[]>`
    select count(*)::int as n from notices where kind = 'accessLost' and resolved_at is null`;
  expect([...notices], "and people are told, before any of it is revoked").toEqual([{ n: HERE + 1 }]);
  await addGrant(other, "given-since.myshopify.com");

  shops.answers = HERE + 10;
  for (const response of shops.waiting.splice(0)) response.destroy();
  const second = await command("shopify", "--now").ended;
  expect(second, "one shop does not answer").toMatchObject({ code: 1, output: expect.stringContaining("1 not ended") });
  expect(await readable()).toEqual([broken, "given-since.myshopify.com", "klaviyo-account"]);
  shops.answers = Infinity;
  expect((await command("shopify", "--now").ended).code).toBe(0);

  expect(await readable()).toEqual(["given-since.myshopify.com", "klaviyo-account"]);
  expect([...shops.ended].toSorted()).toEqual([...meant, broken].toSorted());
  const told = await owner.sql`
    select count(*)::int as rows, count(distinct object_id)::int as grants, min(actor->>'name') as by from audit_log
    where verb = 'grantRevoked' and after->>'kind' = 'revoked' and datasource_id is not null`;
  expect([...told]).toEqual([{ rows: HERE + 1, grants: HERE + 1, by: "operator" }]);
  const rings = await owner.sql`select count(*)::int as n, max(intent_version) as version from outbox`;
  expect([...rings], "each workflow is rung once").toEqual([{ n: HERE + 1, version: 1 }]);
  expect((await verifyAudit(owner)).faults).toEqual([]);
});

test("a key that no source would end is erased here, and that is said", async () => {
  const { output, code } = await command("klaviyo", "--now").ended;
  expect({ output, code }).toMatchObject({
    output: expect.stringContaining("1 erased here; only their holders"),
    code: 0,
  });
  expect(await readable()).toEqual(["given-since.myshopify.com"]);
  expect((await command("gold", "--now").ended).code).toBe(1);
});

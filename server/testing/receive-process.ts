/** For tests: an API in a process of its own, to which one file of costs is announced; with its input's end it says what memory it took. */
import { once } from "node:events";
import { startApi } from "./api.ts";
import { makeDatasource } from "./rows.ts";
import { makeToken, signUp } from "./visitor.ts";

export interface ReceiveAsk {
  readonly adminUrl: string;
  readonly size: number;
  readonly sha256: string;
}

const { adminUrl, size, sha256 }: ReceiveAsk = JSON.parse(process.argv[2] ?? "{}");
const api = await startApi(adminUrl, { costFileMegabytes: 4096 });
const owner = await signUp(api);
const { gid } = await makeDatasource(api, owner.organisationId, { facts: { platform: "custom-costs" } });
const { secret } = await makeToken(owner, ["COSTS_UPLOAD"]);
const announced = await fetch(`${api.url}/v1/datasources/${encodeURIComponent(gid)}/uploads`, {
  method: "POST",
  headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
  body: JSON.stringify({ filename: "costs.csv", size, sha256 }),
});
const told: { put_url?: string } = await announced.json();
const { pathname, search } = new URL(told.put_url ?? "");
console.log(`${api.url}${pathname}${search}`);
await once(process.stdin.resume(), "end");
const [row] = await api.owner.sql<[{ state: string }]>`select state from uploads`;
console.log(JSON.stringify({ state: row.state, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) }));
await api.close();

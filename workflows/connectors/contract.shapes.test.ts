import { describe, expect, test } from "vitest";
import type { SliceSpec } from "./contract.ts";
import type { SourceFile, SourceRequest } from "./session.ts";
import { drain, shapes } from "./testing/shapes.ts";
import { makeScriptedSession } from "./testing/scripted.ts";

const rows = Array.from({ length: 7 }, (_unused, i) => ({ id: `c${i}`, at: `2026-11-0${i + 1}T08:00:00Z` }));
const slice: SliceSpec = {
  mode: "history",
  from: new Date("2026-11-01T00:00:00Z"),
  to: new Date("2026-11-08T00:00:00Z"),
  urgent: false,
};

/** One source that speaks all the shapes. */
function source(): (request: SourceRequest) => { body: string } {
  const reports: number[] = [];
  const answer = (url: URL): object => {
    if (url.pathname === "/links") {
      const at = Number(url.searchParams.get("page") ?? 0);
      return { rows: rows.slice(at * 3, at * 3 + 3), next: at < 2 ? `/links?page=${at + 1}` : null };
    }
    if (url.pathname === "/days")
      return { rows: rows.filter(({ at }) => at.startsWith(url.searchParams.get("on") ?? "?")) };
    if (url.pathname === "/report") return { rows: [], report: String(reports.push(0) - 1) };
    const id = Number(url.pathname.split("/").at(-1));
    const polls = (reports[id] ?? 0) + 1;
    reports[id] = polls;
    return polls < 3 ? { ready: false, rows: [] } : { ready: true, rows };
  };
  return (request) => ({ body: JSON.stringify(answer(new URL(request.url))) });
}

const text = Buffer.from(rows.map(({ id, at }) => `${id},${at}\n`).join(""));
const file: SourceFile = {
  name: "customers.csv",
  bytes: text.length,
  sha256: "",
  read: async function* (fromByte) {
    for (let at = fromByte; at < text.length; at += 10) yield text.subarray(at, at + 10);
  },
};

describe.each(Object.entries(shapes))("the contract carries %s", (_name, connector) => {
  test.each([
    ["in one go", false],
    ["killed after every page", true],
  ])("%s", async (_how, isInterrupted) => {
    const session = { ...makeScriptedSession(source()), file };
    expect(await drain(connector, session, slice, isInterrupted)).toEqual(rows.map(({ id }) => id));
    const reports = session.sent.filter((request) => new URL(request.url).pathname === "/report");
    expect(reports.length).toBeLessThanOrEqual(1);
  });
});

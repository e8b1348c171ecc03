import { expect, test } from "vitest";
import type { Page } from "../../contract.ts";
import { makeScriptedSession } from "../../testing/scripted.ts";
import { listStreams } from "./lists.ts";

test("a flow that says nothing of when it was touched is as old as its reading", async () => {
  const nothing = { name: null, status: null, archived: null, created: null, updated: null, trigger_type: null };
  const body = JSON.stringify({ data: [{ type: "flow", id: "Fl0w", attributes: nothing }], links: { next: null } });
  const now = new Date("2026-11-20T12:00:00Z");
  const session = makeScriptedSession(() => ({ body }), { now: () => now });
  const pages: Page[] = [];
  const flows = listStreams.find(({ name }) => name === "flows")?.pages;
  for await (const page of flows?.(session, { mode: "history", from: null, to: now, urgent: true }, null) ?? [])
    pages.push(page);
  const versionAt = now.toISOString();
  expect(pages).toMatchObject([{ rejected: [], records: [{ id: "Fl0w", name: "", status: null, versionAt }] }]);
});

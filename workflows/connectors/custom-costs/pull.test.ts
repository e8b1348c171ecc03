import { expect, test } from "vitest";
import type { Answer } from "../outbound/outbound.ts";
import { outboundThat } from "../testing/answer.ts";
import { failureIn } from "../testing/failure-of.ts";
import { scriptedAnswer } from "../testing/scripted.ts";
import { pullFile, type FeedMarks } from "./pull.ts";

const url = "https://files.example.com/costs.csv";
const pull = (answer: () => Answer, marks: FeedMarks = {}) =>
  pullFile({
    outbound: outboundThat(answer),
    address: { kind: "https", url, auth: "none", name: "" },
    secret: null,
    marks,
    bytesMax: 1_000_000,
    totalMs: 5_000,
    now: new Date("2026-11-20T12:00:00Z"),
    signal: new AbortController().signal,
    heard: () => undefined,
  });

/** The failure that pulling this body ends in, after so many redirects; null where it is a file. */
const pulled = (body: string, redirects = 0) => {
  let left = redirects;
  const answer = () =>
    left-- > 0
      ? scriptedAnswer({ status: 302, headers: { location: `/moved/${left}` }, body: "" })
      : scriptedAnswer({ body });
  return failureIn(
    (async () => {
      const file = await pull(answer);
      if (file.kind === "file") for await (const bytes of file.bytes) expect(bytes.length).toBeGreaterThan(0);
    })(),
  );
};

test.each([
  "<!doctype html><p>Sign in",
  "\ufeff\r\n  <HTML lang=en>",
  "<!-- sign in --> <!-- here -->\n<head><title>Sign in</title>",
  '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C">',
  "<title>Sign in</title>",
])("a page is no file: %s", async (body) => {
  expect(await pulled(body)).toMatchObject({ class: "reauthorize", code: "custom-costs.signInPage" });
});

test.each(["date,cost_type,amount\n", "<header>,amount\n", "htmlish,amount\n"])("a file is: %s", async (body) => {
  expect(await pulled(body)).toBeNull();
});

test("three redirects are followed, and no fourth", async () => {
  expect(await pulled("date,cost_type,amount\n", 3)).toBeNull();
  const refused = { class: "invalid_request", code: "custom-costs.redirects" };
  expect(await pulled("date,cost_type,amount\n", 4)).toMatchObject(refused);
});

test("nothing new is an answer to what was asked for by its mark, and to nothing else", async () => {
  const same = () => scriptedAnswer({ status: 304, body: "" });
  expect(await pull(same, { url, etag: '"1"' })).toEqual({ kind: "unchanged" });
  for (const marks of [{}, { url }, { url: `${url}?other`, etag: '"1"' }])
    expect(await failureIn(pull(same, marks))).toMatchObject({ class: "transient", code: "custom-costs.trouble" });
});

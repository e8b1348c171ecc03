import { expect, test } from "vitest";
import type { Answer, OutboundRequest } from "../outbound/outbound.ts";
import { outboundThat } from "../testing/answer.ts";
import { failureIn } from "../testing/failure-of.ts";
import { scriptedAnswer } from "../testing/scripted.ts";
import { pullFile, type FeedMarks } from "./pull.ts";

const url = "https://files.example.com/costs.csv";
const pull = (answer: (request: OutboundRequest) => Answer, marks: FeedMarks = {}, bearer: string | null = null) =>
  pullFile({
    outbound: outboundThat(answer),
    address: { kind: "https", url, auth: bearer === null ? "none" : "bearer", name: "" },
    secret: bearer === null ? null : { secret: bearer },
    marks,
    bytesMax: 1_000_000,
    totalMs: 5_000,
    now: new Date("2026-11-20T12:00:00Z"),
    signal: new AbortController().signal,
    heard: () => undefined,
  });

const at = (secondsAgo: number) => new Date(Date.UTC(2026, 10, 20, 12) - secondsAgo * 1000).toUTCString();

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

test.each([
  [
    "a tag is a mark, and its time with it",
    { etag: '"1"', "last-modified": at(5) },
    { etag: '"1"', lastModified: at(5) },
  ],
  ["a time alone is one once it has passed", { "last-modified": at(3_600), date: at(0) }, { lastModified: at(3_600) }],
  ["not within a minute: more may be written at that time", { "last-modified": at(0), date: at(0) }, {}],
  ["nor where the server does not say what time it is", { "last-modified": at(3_600) }, {}],
])("of a file that came, %s", async (_what, headers, marks) => {
  const pulling = await pull(() => scriptedAnswer({ headers, body: "date,cost_type,amount\n" }));
  expect(pulling).toMatchObject({ kind: "file" });
  expect(pulling.kind === "file" && pulling.marks).toEqual({ url, ...marks });
});

test("a pasted credential goes without its line end; one that no header can carry is refused, and is no trouble of theirs", async () => {
  const sent: unknown[] = [];
  const file = ({ headers }: OutboundRequest) => {
    sent.push(headers?.["authorization"]);
    return scriptedAnswer({ body: "date,cost_type,amount\n" });
  };
  expect(await pull(file, {}, " token\r\n")).toMatchObject({ kind: "file" });
  for (const secret of ["to\nken", "to\u200bken", " "])
    expect(await failureIn(pull(file, {}, secret))).toMatchObject({
      class: "reauthorize",
      code: "custom-costs.refused",
    });
  expect(sent).toEqual(["Bearer token"]);
});

import { expect, test } from "vitest";
import { datasourceFixture } from "../../gallery/fixtures.ts";
import { linksKey } from "./links-key.ts";

const before = datasourceFixture({ rowsTotal: "412" });
const reading = { ...before, rowsTotal: "824" };
const reauthorized = {
  ...before,
  commands: [{ id: "c", kind: "reauthorized", state: "DONE" as const, createdAt: "", settledAt: null, outcome: null }],
};

test.each(["SENT", "OPENED", "CHECKING"] as const)(
  "while a link is %s every word of its datasource counts",
  (state) => {
    expect(linksKey(reading, [{ state }])).not.toBe(linksKey(before, [{ state }]));
  },
);

test.each(["DONE", "EXPIRED", "REVOKED"] as const)(
  "with one that is %s, rows that come in ask for nothing again, a sign-in does",
  (state) => {
    expect(linksKey(reading, [{ state }])).toBe(linksKey(before, [{ state }]));
    expect(linksKey(reauthorized, [{ state }])).not.toBe(linksKey(before, [{ state }]));
  },
);

import { organisationId, datasourceId, uploadId } from "@headwater/db/schema/ids.ts";
import { expect, test } from "vitest";
import { verdictOn } from "./conclude.ts";
import { NO_COUNTS } from "./upload-row.ts";
import type { Upload } from "./upload-row.ts";

const id = "00000000-0000-7000-8000-000000000001";
const upload = (rows: number, errors: number): Upload => ({
  id: uploadId(id),
  organisation_id: organisationId(id),
  datasource_id: datasourceId(id),
  feed_id: null,
  how: "https",
  mode: "upsert",
  dry_run: false,
  state: "validating",
  size: 1,
  sha256: "0",
  wrapped_key: null,
  key_id: null,
  erased_at: null,
  mapping: {},
  mapping_hash: null,
  survey: null,
  place: null,
  counts: { ...NO_COUNTS, rows, errors, ok: rows - errors, inserted: rows - errors },
  totals: [],
  asked: "commit",
  confirm: { unattended: true },
  expected: [],
  check_place: null,
  version: null,
  previous: null,
  head: 0,
  last_version: 0,
  brand_currency: "EUR",
  brand_zone: "UTC",
});

test.each([
  [100_000, 1_000, { kind: "commit" }],
  [100_000, 1_001, { kind: "hold", code: "badRows" }],
  [100, 5, { kind: "commit" }],
  [100, 6, { kind: "hold", code: "badRows" }],
])("of %d rows that nobody looks at, %d wrong ones: %o", (rows, errors, verdict) => {
  expect(verdictOn(upload(rows, errors), 0)).toEqual(verdict);
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { requireRoom } from "./disk.mjs";
import { messageOf } from "./words.mjs";

test("too little room is said with what is needed, where, and what there is", () => {
  const folder = mkdtempSync(join(tmpdir(), "headwater-disk-"));
  try {
    expect(() => requireRoom(folder, 1e18, "Building")).toThrow(
      /Building needs 1000000000\.0 GB free in .*, which has \d+\.\d GB/u,
    );
    expect(() => requireRoom(folder, 1, "Building")).not.toThrow();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a full disk is called that, with the file and the way out", () => {
  const error = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    path: "/data/start.lock",
  });
  expect(messageOf(error)).toBe(
    "/data/start.lock could not be written: the disk is full. Free it, or choose another folder with DATA_DIR.",
  );
});

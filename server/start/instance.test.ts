import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forget, markMade, openInstance } from "./instance.mjs";

let folder = "";
const places = () => ({
  dataDir: join(folder, "data"),
  configDir: join(folder, "config"),
  fallbackDir: join(folder, "var"),
});
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-instance-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("keys", () => {
  test("are made once, for this user only, and never lie with the data", () => {
    const first = openInstance(places());
    expect(openInstance(places())).toEqual(first);
    expect(modeOf(first.keyDir)).toBe("700");
    expect(modeOf(join(first.keyDir, "secrets.json"))).toBe("600");
    for (const name of readdirSync(places().dataDir)) {
      for (const secret of Object.values(first.secrets))
        expect(readFileSync(join(places().dataDir, name), "utf8")).not.toContain(secret);
    }
  });

  test("follow a data folder that moves", () => {
    const first = openInstance(places());
    renameSync(places().dataDir, join(folder, "moved"));
    expect(openInstance({ ...places(), dataDir: join(folder, "moved") })).toEqual(first);
  });

  test("that are gone are said to be gone; no new ones are made over data that they cannot open", () => {
    const { keyDir } = openInstance(places());
    markMade(places());
    rmSync(keyDir, { recursive: true });
    expect(() => openInstance(places())).toThrow(/are gone.*--reset/u);
  });

  test("of a crash before anything was made are simply made again", () => {
    const { keyDir } = openInstance(places());
    rmSync(keyDir, { recursive: true });
    expect(() => openInstance(places())).not.toThrow();
  });

  test("go with the data when it begins anew", () => {
    const first = openInstance(places());
    forget(places());
    expect(openInstance(places()).id).not.toBe(first.id);
    expect(readdirSync(places().configDir)).toHaveLength(1);
  });
});

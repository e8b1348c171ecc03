import { expect, test } from "vitest";
import { sha256Of } from "./send-file.ts";

const cannot = () => Promise.reject(new DOMException("The requested file could not be read", "NotReadableError"));

test("a file that was read has its fingerprint; one that has gone is told from one that is too much at once", async () => {
  const file = new Blob(["abc"]);
  expect(await sha256Of(file)).toEqual({
    ok: true,
    sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  });
  expect(await sha256Of({ arrayBuffer: cannot, slice: () => file.slice(0, 1) })).toMatchObject({
    because: "beyondBrowser",
  });
  const gone = Object.assign(new Blob([]), { arrayBuffer: cannot });
  expect(await sha256Of({ arrayBuffer: cannot, slice: () => gone })).toMatchObject({ because: "gone" });
});

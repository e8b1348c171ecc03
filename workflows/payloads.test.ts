import { defaultPayloadConverter } from "@temporalio/common";
import type { Payload } from "@temporalio/common";
import { describe, expect, test } from "vitest";
import { readPayloadKeys, SealedPayloads } from "./payloads.ts";

const older = `old ${"ab".repeat(32)}`;
const newer = `new ${"cd".repeat(32)}`;
const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const value = (from: Payload | undefined): unknown => from && defaultPayloadConverter.fromPayload(from);

describe("sealed payloads", () => {
  const codec = new SealedPayloads(readPayloadKeys(`${newer}\n${older}\n`));

  test("come back as they went, and cannot be read on the way", async () => {
    const [sealed] = await codec.encode([payload({ said: "read me" })]);
    expect(Buffer.from(sealed?.data ?? []).toString()).not.toContain("read me");
    expect(Buffer.from(sealed?.metadata?.["encryption-key-id"] ?? []).toString()).toBe("new");
    const [opened] = await codec.decode(sealed === undefined ? [] : [sealed]);
    expect(value(opened)).toEqual({ said: "read me" });
  });

  test("sealed under an older key still open", async () => {
    const before = new SealedPayloads(readPayloadKeys(older));
    const [opened] = await codec.decode(await before.encode([payload(7)]));
    expect(value(opened)).toBe(7);
  });

  test("a bit that changed is noticed", async () => {
    const [sealed] = await codec.encode([payload(7)]);
    const data = Buffer.from(sealed?.data ?? []);
    data[20] = (data[20] ?? 0) ^ 1;
    await expect(Promise.resolve().then(() => codec.decode([{ ...sealed, data }]))).rejects.toThrow();
  });

  test("a key that is gone is named", async () => {
    const gone = new SealedPayloads(readPayloadKeys(older));
    const sealed = await codec.encode([payload(7)]);
    await expect(Promise.resolve().then(() => gone.decode(sealed))).rejects.toThrow(/No payload key new/);
  });

  test("what was written before sealing began is still read", async () => {
    const [opened] = await codec.decode([payload("plain")]);
    expect(value(opened)).toBe("plain");
  });
});

test("a key file that is none says so without showing what it holds", () => {
  expect(() => readPayloadKeys("id nonsense")).toThrow(/64 hex digits/);
  expect(() => readPayloadKeys("\n")).toThrow(/holds no key/);
});

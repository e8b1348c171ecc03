import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { organisationId, uploadId } from "../schema/ids.ts";
import { FRAME_BYTES, openFrames, sealFrames } from "./frames.ts";
import type { FileBinding, SealedFile } from "./frames.ts";
import { makeVaultKeys, VaultError } from "./vault.ts";

const folder = mkdtempSync(join(tmpdir(), "headwater-frames-"));
afterAll(() => rmSync(folder, { recursive: true }));
const keys = makeVaultKeys();
const place = (): FileBinding => ({
  organisationId: organisationId(randomUUID()),
  uploadId: uploadId(randomUUID()),
});

/** Copies, as bytes that come are: they are used up. */
async function* pieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

async function sealed(binding: FileBinding, bytes: Buffer, piece = 70_001): Promise<{ path: string; key: SealedFile }> {
  const { key, sealed: seal } = sealFrames(keys.publicKey, binding);
  const parts: Buffer[] = [];
  for await (const part of seal(pieces(bytes, piece))) parts.push(part);
  const path = join(folder, randomUUID());
  writeFileSync(path, Buffer.concat(parts));
  return { path, key };
}

async function opened(binding: FileBinding, file: { path: string; key: SealedFile }, from = 0): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of openFrames(keys.privateKey, binding, file, from)) parts.push(part);
  return Buffer.concat(parts);
}

test.each([0, 1, 100, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES, 2.5 * FRAME_BYTES])(
  "%d bytes come back, from the beginning and from anywhere",
  async (size) => {
    const binding = place();
    const bytes = randomBytes(size);
    const file = await sealed(binding, bytes);
    expect((await opened(binding, file)).equals(bytes)).toBe(true);
    for (const from of [1, Math.floor(size / 2), FRAME_BYTES, size].filter((at) => at <= size))
      expect((await opened(binding, file, from)).equals(bytes.subarray(from)), `from ${from}`).toBe(true);
  },
);

test("the file holds nothing of what it seals", async () => {
  const binding = place();
  const file = await sealed(binding, Buffer.from("sku,unit_cost\nTEE,6.80\n".repeat(1000)));
  expect(readFileSync(file.path).includes("TEE,6.80")).toBe(false);
});

test("cut short, put together from two, changed in a bit, or under another name: it does not open", async () => {
  const binding = place();
  const file = await sealed(binding, randomBytes(2.5 * FRAME_BYTES));
  const bytes = readFileSync(file.path);
  const refused = async (content: Buffer, of = binding) => {
    const path = join(folder, randomUUID());
    writeFileSync(path, content);
    await expect(opened(of, { ...file, path })).rejects.toThrow(VaultError);
  };
  const frame = FRAME_BYTES + 28;
  await refused(bytes.subarray(0, 12 + 2 * frame));
  await refused(bytes.subarray(0, 12 + 2 * frame + 100));
  await refused(Buffer.concat([bytes.subarray(0, 12 + frame), bytes.subarray(12, 12 + frame)]));
  const flipped = Buffer.from(bytes);
  flipped[frame] = (flipped[frame] ?? 0) ^ 1;
  await refused(flipped);
  await refused(bytes, place());
  await refused(Buffer.from("not one of ours"));
});

import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { credentialId, grantId, organisationId } from "../schema/ids.ts";
import { Secret } from "./secret.ts";
import { makeVaultKeys, open, publicKeyOf, readPublicKey, rewrap, seal, VaultError, type Binding } from "./vault.ts";

const keys = makeVaultKeys();
const place = (): Binding => ({
  organisationId: organisationId(randomUUID()),
  grantId: grantId(randomUUID()),
  credentialId: credentialId(randomUUID()),
});
const tokens = { accessToken: "shpat_canary_0123456789", refreshToken: new Secret("shprt_canary_9876543210") };
const revealed = (fields: Record<string, Secret>) =>
  Object.fromEntries(Object.entries(fields).map(([name, secret]) => [name, secret.reveal()]));

describe("what is sealed", () => {
  test("opens again in its place, field by field", () => {
    const binding = place();
    expect(revealed(open(keys.privateKey, binding, seal(keys.publicKey, binding, tokens)))).toEqual({
      accessToken: "shpat_canary_0123456789",
      refreshToken: "shprt_canary_9876543210",
    });
  });

  test("opens again whatever the fields hold", () => {
    const text = fc.string({ unit: "grapheme" });
    const name = fc.string({ unit: "grapheme-ascii", minLength: 1 });
    fc.assert(
      fc.property(fc.dictionary(name, text, { minKeys: 1 }), (fields) => {
        const binding = place();
        const found = open(keys.privateKey, binding, seal(keys.publicKey, binding, fields));
        expect({ ...revealed(found) }).toEqual({ ...fields });
      }),
    );
  });
});

describe("what is sealed does not open", () => {
  test.each(["organisationId", "grantId", "credentialId"] as const)("under another %s", (part) => {
    const binding = place();
    const row = seal(keys.publicKey, binding, tokens);
    expect(() => open(keys.privateKey, { ...binding, [part]: place()[part] }, row)).toThrow(VaultError);
  });

  test("with any one bit changed, in the bytes or in the wrapped key", () => {
    const binding = place();
    const row = seal(keys.publicKey, binding, tokens);
    for (const column of ["sealed", "wrappedKey"] as const) {
      for (let bit = 0; bit < row[column].length * 8; bit++) {
        const bytes = Buffer.from(row[column]);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => open(keys.privateKey, binding, { ...row, [column]: bytes }), `${column}, bit ${bit}`).toThrow(
          VaultError,
        );
      }
    }
  });

  test("when cut short or extended", () => {
    const binding = place();
    const row = seal(keys.publicKey, binding, tokens);
    for (let length = 0; length < row.sealed.length; length++) {
      expect(() => open(keys.privateKey, binding, { ...row, sealed: row.sealed.subarray(0, length) })).toThrow(
        VaultError,
      );
    }
    const longer = Buffer.concat([row.sealed, Buffer.from([0, 0, 0, 1, 65, 0, 0, 0, 0])]);
    expect(() => open(keys.privateKey, binding, { ...row, sealed: longer })).toThrow(VaultError);
  });

  test("with another key pair, nor with the same id on another pair's wrap", () => {
    const binding = place();
    const row = seal(keys.publicKey, binding, tokens);
    const other = makeVaultKeys();
    expect(() => open(other.privateKey, binding, row)).toThrow(/no private key/);
    const wrap = seal(other.publicKey, binding, tokens);
    expect(() => open(keys.privateKey, binding, { ...wrap, keyId: row.keyId })).toThrow(VaultError);
  });

  test("put together from two credentials", () => {
    const binding = place();
    const [one, two] = [seal(keys.publicKey, binding, tokens), seal(keys.publicKey, binding, { accessToken: "x" })];
    expect(() => open(keys.privateKey, binding, { ...one, sealed: two.sealed })).toThrow(VaultError);
  });

  test("with the public key", () => {
    const binding = place();
    expect(() => open(keys.publicKey, binding, seal(keys.publicKey, binding, tokens))).toThrow(VaultError);
  });
});

describe("what is stored", () => {
  test("shows no secret in its bytes, and never the same bytes twice", () => {
    const binding = place();
    const rows = [seal(keys.publicKey, binding, tokens), seal(keys.publicKey, binding, tokens)];
    for (const row of rows) expect(Buffer.concat([row.sealed, row.wrappedKey]).includes("canary")).toBe(false);
    expect(rows[0]?.sealed.equals(rows[1]?.sealed ?? Buffer.alloc(0))).toBe(false);
  });
});

describe("a new wrap", () => {
  test("opens with the new pair alone, and leaves the sealed bytes as they are", () => {
    const binding = place();
    const row = seal(keys.publicKey, binding, tokens);
    const next = makeVaultKeys();
    const rewrapped = { ...row, ...rewrap(keys.privateKey, next.publicKey, row) };
    expect(rewrapped.keyId).toBe(readPublicKey(next.publicKey).keyId);
    expect(rewrapped.sealed.equals(row.sealed)).toBe(true);
    expect(revealed(open(next.privateKey, binding, rewrapped))).toHaveProperty(
      "accessToken",
      "shpat_canary_0123456789",
    );
    expect(() => open(keys.privateKey, binding, rewrapped)).toThrow(VaultError);
  });

  test("what a worker seals anew is sealed for the first key of its file", () => {
    const next = makeVaultKeys();
    expect(publicKeyOf(`${next.privateKey}\n${keys.privateKey}\n`)).toBe(next.publicKey);
  });

  test("a file with both private keys opens both", () => {
    const binding = place();
    const next = makeVaultKeys();
    const file = `${next.privateKey}\n${keys.privateKey}\n`;
    for (const publicKey of [keys.publicKey, next.publicKey]) {
      expect(open(file, binding, seal(publicKey, binding, tokens))).toHaveProperty("accessToken");
    }
  });
});

test.each([
  ["", /no private vault key/],
  ["rubbish", /not a private/],
  [keys.publicKey, /not a private/],
])("a private key file that says %j is refused in words", (text, words) => {
  const binding = place();
  expect(() => open(text, binding, seal(keys.publicKey, binding, tokens))).toThrow(words);
});

test("a secret prints as [secret] wherever it is printed", () => {
  const secret = new Secret("canary-0123456789abcdef");
  const printed = [JSON.stringify({ secret }), inspect(secret), inspect({ a: { secret } }, { showHidden: true })];
  for (const text of [...printed, String(secret), JSON.stringify([secret]), Object.keys(secret).join()]) {
    expect(text).not.toContain("canary");
  }
  expect(secret.reveal()).toBe("canary-0123456789abcdef");
  expect([secret.lastFour(), new Secret("short").lastFour()]).toEqual(["cdef", null]);
});

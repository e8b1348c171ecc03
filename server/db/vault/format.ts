// The bytes of `credentials.sealed`: version (1), data key id (8), then for each field its name and its box, each
// after its length (4). The first bytes name the format, so that a later one can stand beside it.

export interface SealedField {
  name: string;
  /** Nonce, ciphertext, tag. */
  box: Buffer;
}

/** Unambiguous: ["ab", "c"] and ["a", "bc"] give different bytes. */
export function lengthPrefixed(parts: (string | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = typeof part === "string" ? Buffer.from(part, "utf8") : part;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

export function encodeFields(version: number, dataKeyId: string, fields: SealedField[]): Buffer {
  const body = fields.flatMap((field) => [field.name, field.box]);
  return Buffer.concat([Buffer.from([version]), Buffer.from(dataKeyId, "hex"), lengthPrefixed(body)]);
}

/** Throws a RangeError where the bytes end early. */
export function decodeFields(bytes: Buffer): { version: number; dataKeyId: string; fields: SealedField[] } {
  const parts: Buffer[] = [];
  for (let at = 9; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const end = at + 4 + length;
    if (end > bytes.length) throw new RangeError("a sealed field ends early");
    parts.push(bytes.subarray(at + 4, end));
    at = end;
  }
  const fields: SealedField[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const [name, box] = [parts[i], parts[i + 1]];
    if (!name || !box) throw new RangeError("a sealed field has no box");
    fields.push({ name: name.toString("utf8"), box });
  }
  return { version: bytes.readUInt8(0), dataKeyId: bytes.subarray(1, 9).toString("hex"), fields };
}

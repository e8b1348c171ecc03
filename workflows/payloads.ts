/** What travels through Temporal: small by guard, and sealed where keys are given. No credential is ever among it; this is the second wall. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { DataConverter, Payload, PayloadCodec } from "@temporalio/common";
import proto from "@temporalio/proto";

const failureConverterPath = fileURLToPath(new URL("temporal/failure-converter.ts", import.meta.url));
const ENCODING = Buffer.from("binary/encrypted");
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface PayloadKeys {
  /** Seals what is written from now on. */
  readonly current: string;
  /** Also those that older histories were sealed with: they live for the retention and a day more. */
  readonly keys: ReadonlyMap<string, Buffer>;
}

/** A file of lines `<id> <64 hex digits>`, newest first. */
export function readPayloadKeys(text: string): PayloadKeys {
  const lines = text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim().split(/\s+/)]));
  const keys = new Map(
    lines.map(([id, hex]) => {
      if (id === undefined || hex === undefined || !/^[0-9a-f]{64}$/i.test(hex))
        throw new Error("PAYLOAD_KEYS_FILE: expected lines of an id and 64 hex digits");
      return [id, Buffer.from(hex, "hex")] as const;
    }),
  );
  const current = lines[0]?.[0];
  if (current === undefined) throw new Error("PAYLOAD_KEYS_FILE: holds no key");
  return { current, keys };
}

export class SealedPayloads implements PayloadCodec {
  readonly #keys: PayloadKeys;
  constructor(keys: PayloadKeys) {
    this.#keys = keys;
  }
  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve(payloads.map((payload) => this.#seal(payload)));
  }
  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve(payloads.map((payload) => this.#open(payload)));
  }

  #key(id: string): Buffer {
    const key = this.#keys.keys.get(id);
    if (key === undefined) throw new Error(`No payload key ${id}: it must outlive the histories that it sealed`);
    return key;
  }

  #seal(payload: Payload): Payload {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key(this.#keys.current), nonce);
    cipher.setAAD(Buffer.from(this.#keys.current));
    const plain = proto.temporal.api.common.v1.Payload.encode(payload).finish();
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return {
      metadata: { encoding: ENCODING, "encryption-key-id": Buffer.from(this.#keys.current) },
      data: Buffer.concat([nonce, sealed, cipher.getAuthTag()]),
    };
  }

  #open(payload: Payload): Payload {
    const { metadata, data } = payload;
    if (data == null || metadata?.["encoding"] === undefined || !ENCODING.equals(metadata["encoding"])) return payload;
    const id = Buffer.from(metadata["encryption-key-id"] ?? []).toString();
    const bytes = Buffer.from(data);
    const opener = createDecipheriv("aes-256-gcm", this.#key(id), bytes.subarray(0, NONCE_BYTES));
    opener.setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const plain = Buffer.concat([opener.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), opener.final()]);
    return proto.temporal.api.common.v1.Payload.decode(plain);
  }
}

/** The same one in client, worker and replay. */
export const converterFor = (payloadKeys: string | null): DataConverter =>
  payloadKeys === null
    ? { failureConverterPath }
    : { failureConverterPath, payloadCodecs: [new SealedPayloads(readPayloadKeys(payloadKeys))] };

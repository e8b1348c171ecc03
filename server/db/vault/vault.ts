// Credentials at rest. The API holds the public key and can only seal; workers hold the private key and can open.
//
//   fields ──AES-256-GCM, one nonce a field──▶ sealed        data key: random, one a credential version
//   data key ──X25519 + HKDF + AES-256-GCM──▶ wrapped key    wrapped for the key pair that `keyId` names
//
// What is sealed is bound to its place: moved to another organisation, grant, credential or field it does not open.
// The binding names the data key and not the key pair, so a new wrap leaves `sealed` as it is.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from "node:crypto";
import { decodeFields, encodeFields, lengthPrefixed, type SealedField } from "./format.ts";
import type { CredentialId, GrantId, OrganisationId } from "../schema/ids.ts";
import { Secret } from "./secret.ts";

export interface Binding {
  organisationId: OrganisationId;
  grantId: GrantId;
  credentialId: CredentialId;
}

/** As the columns of `credentials` hold it. */
export interface SealedCredential {
  sealed: Buffer;
  wrappedKey: Buffer;
  keyId: string;
}

/** Texts, to be written to files of mode 0600. A private key file may hold several lines while keys rotate. */
export interface VaultKeys {
  privateKey: string;
  publicKey: string;
}

const formatVersion = 1;
const dataKeyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const publicBytes = 32;
const publicPrefix = "headwater-vault-public-1:";
const privatePrefix = "headwater-vault-private-1:";

/** Says nothing about why: to whoever tampers, every failure looks the same. */
export class VaultError extends Error {
  override name = "VaultError";
}

export function makeVaultKeys(): VaultKeys {
  const { privateKey, publicKey } = generateKeyPairSync("x25519");
  return {
    privateKey: privatePrefix + privateKey.export({ format: "der", type: "pkcs8" }).toString("base64url"),
    publicKey: publicPrefix + publicKey.export({ format: "der", type: "spki" }).toString("base64url"),
  };
}

const rawPublic = (key: KeyObject) => key.export({ format: "der", type: "spki" }).subarray(-publicBytes);
const spkiHeader = Buffer.from("302a300506032b656e032100", "hex"); // RFC 8410: what stands before the 32 bytes
const idOfKey = (key: KeyObject) => createHash("sha256").update(rawPublic(key)).digest("hex").slice(0, 16);

export function readPublicKey(text: string): { key: KeyObject; keyId: string } {
  const line = text.trim();
  if (!line.startsWith(publicPrefix)) throw new VaultError("this is not a public vault key");
  const der = Buffer.from(line.slice(publicPrefix.length), "base64url");
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  return { key, keyId: idOfKey(key) };
}

/** Every private key of the text, by its id. */
export function readPrivateKeys(text: string): Map<string, KeyObject> {
  const keysById = new Map<string, KeyObject>();
  for (const line of text.split("\n").map((part) => part.trim())) {
    if (line === "") continue;
    if (!line.startsWith(privatePrefix)) throw new VaultError("this is not a private vault key");
    const der = Buffer.from(line.slice(privatePrefix.length), "base64url");
    const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    keysById.set(idOfKey(createPublicKey(key)), key);
  }
  if (keysById.size === 0) throw new VaultError("no private vault key was given");
  return keysById;
}

/** The public half, for a worker that seals a renewed credential. Of several keys the first: new writes use it. */
export function publicKeyOf(privateKey: string): string {
  const [key] = readPrivateKeys(privateKey).values();
  if (!key) throw new VaultError("no private vault key was given");
  return publicPrefix + createPublicKey(key).export({ format: "der", type: "spki" }).toString("base64url");
}

const encrypt = (key: Buffer, associated: Buffer, plain: Buffer): SealedField["box"] =>
  Buffer.concat(encryptParts(key, associated, plain));

/** One after the other they are the box. */
export function encryptParts(key: Buffer, associated: Buffer, plain: Buffer): readonly Buffer[] {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(associated);
  return [nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()];
}

export function decrypt(key: Buffer, associated: Buffer, box: Buffer): Buffer {
  if (box.length < nonceBytes + tagBytes) throw new VaultError("the credential cannot be opened");
  const decipher = createDecipheriv("aes-256-gcm", key, box.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(associated).setAuthTag(box.subarray(-tagBytes));
  return Buffer.concat([decipher.update(box.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}

function wrappingKey(ours: KeyObject, theirs: KeyObject, ephemeral: Buffer, recipient: Buffer): Buffer {
  const shared = diffieHellman({ privateKey: ours, publicKey: theirs });
  return Buffer.from(hkdfSync("sha256", shared, Buffer.concat([ephemeral, recipient]), "headwater vault wrap 1", 32));
}

export function wrap(publicKey: string, dataKey: Buffer, dataKeyId: string): { wrappedKey: Buffer; keyId: string } {
  const { key, keyId } = readPublicKey(publicKey);
  const ephemeral = generateKeyPairSync("x25519");
  const ephemeralPublic = rawPublic(ephemeral.publicKey);
  const wrapping = wrappingKey(ephemeral.privateKey, key, ephemeralPublic, rawPublic(key));
  const box = encrypt(wrapping, lengthPrefixed([keyId, dataKeyId]), dataKey);
  return { wrappedKey: Buffer.concat([ephemeralPublic, box]), keyId };
}

export function unwrap(privateKey: string, row: Omit<SealedCredential, "sealed">, dataKeyId: string): Buffer {
  const key = readPrivateKeys(privateKey).get(row.keyId);
  if (!key) throw new VaultError(`no private key for the credential's key ${row.keyId}`);
  const ephemeralPublic = row.wrappedKey.subarray(0, publicBytes);
  const theirs = createPublicKey({ key: Buffer.concat([spkiHeader, ephemeralPublic]), format: "der", type: "spki" });
  const wrapping = wrappingKey(key, theirs, ephemeralPublic, rawPublic(createPublicKey(key)));
  return decrypt(wrapping, lengthPrefixed([row.keyId, dataKeyId]), row.wrappedKey.subarray(publicBytes));
}

/** All names are in each field's binding, so a field can be neither dropped nor added nor exchanged. */
function associatedData(binding: Binding, dataKeyId: string, names: string[], field: string): Buffer {
  const place = [binding.organisationId, binding.grantId, binding.credentialId];
  return lengthPrefixed([String(formatVersion), ...place, dataKeyId, field, ...names]);
}

/** Seals the fields of one credential version. Needs the public key only. */
export function seal(
  publicKey: string,
  binding: Binding,
  fields: Readonly<Record<string, Secret | string>>,
): SealedCredential {
  const names = Object.keys(fields).toSorted();
  if (names.length === 0) throw new VaultError("a credential has at least one field");
  const dataKey = randomBytes(dataKeyBytes);
  const dataKeyId = randomBytes(8).toString("hex");
  const sealed = names.map((name): SealedField => {
    const value = fields[name] ?? "";
    const plain = Buffer.from(value instanceof Secret ? value.reveal() : value, "utf8");
    return { name, box: encrypt(dataKey, associatedData(binding, dataKeyId, names, name), plain) };
  });
  const row = { sealed: encodeFields(formatVersion, dataKeyId, sealed), ...wrap(publicKey, dataKey, dataKeyId) };
  dataKey.fill(0);
  return row;
}

/** Opens it again. Any changed bit, other place or other key throws `VaultError`. */
export function open(privateKey: string, binding: Binding, row: SealedCredential): Record<string, Secret> {
  try {
    const { version, dataKeyId, fields } = decodeFields(row.sealed);
    if (version !== formatVersion || fields.length === 0) throw new VaultError(`unknown vault format ${version}`);
    const dataKey = unwrap(privateKey, row, dataKeyId);
    const names = fields.map((field) => field.name);
    return Object.fromEntries(
      fields.map(({ name, box }) => {
        const plain = decrypt(dataKey, associatedData(binding, dataKeyId, names, name), box);
        return [name, new Secret(plain.toString("utf8"))];
      }),
    );
  } catch (error) {
    if (error instanceof VaultError) throw error;
    throw new VaultError("the credential cannot be opened"); // the cause may hold key material: it is not kept
  }
}

/** The same data key, wrapped for another key pair. `sealed` stays as it is. */
export function rewrap(privateKey: string, publicKey: string, row: SealedCredential): Omit<SealedCredential, "sealed"> {
  const { dataKeyId } = decodeFields(row.sealed);
  try {
    return wrap(publicKey, unwrap(privateKey, row, dataKeyId), dataKeyId);
  } catch (error) {
    if (error instanceof VaultError) throw error;
    throw new VaultError("the credential cannot be opened");
  }
}

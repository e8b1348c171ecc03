// The front door of the database room.
export { openDatabase, type Database, type DatabaseOptions } from "./connection.ts";
export { endUnheard } from "./end-unheard.ts";
export { askInTenant, readInTenant } from "./read.ts";
export { statement, type Askable, type Pen } from "./statement.ts";
export { inTenant, type Readable, type TenantOptions, type TenantTransaction } from "./tenant.ts";
export { failureInWords, isWorthAnotherTry } from "./failures.ts";
export { Secret } from "./vault/secret.ts";
export {
  makeVaultKeys,
  open,
  publicKeyOf,
  seal,
  VaultError,
  type Binding,
  type SealedCredential,
  type VaultKeys,
} from "./vault/vault.ts";
export { mailBinding } from "./vault/mail-binding.ts";
export { requireVaultKeys, rotateVaultKeys, type RotationOptions } from "./vault/rotation.ts";
export { FRAME_BYTES, openFrames, sealFrames, writeSealed, type FileBinding, type SealedFile } from "./vault/frames.ts";
export { relations } from "./schema/relations.ts";
export * as schema from "./schema/tables.ts";
export * from "./schema/ids.ts";
export * from "./schema/values.ts";

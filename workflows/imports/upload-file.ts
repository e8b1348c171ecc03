/** The sealed file of an upload, opened by a worker alone and read from any byte. */
import { join } from "node:path";
import { openFrames } from "@headwater/db";
import type { CostFile } from "../costs/unpacking.ts";
import type { LoadDeps } from "../load/contract.ts";
import type { Upload } from "./upload-row.ts";

export const uploadPath = (folder: string, id: string): string => join(folder, id);

export function openUpload(deps: LoadDeps, upload: Upload): CostFile {
  const { wrapped_key: wrappedKey, key_id: keyId } = upload;
  if (wrappedKey === null || keyId === null || upload.erased_at !== null) throw new FileLost();
  const path = uploadPath(deps.uploadsFolder ?? "", upload.id);
  const binding = { organisationId: upload.organisation_id, uploadId: upload.id };
  return {
    bytes: upload.size,
    async *read(from) {
      try {
        yield* openFrames(deps.vaultPrivateKey, binding, { path, key: { wrappedKey, keyId } }, from);
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") throw new FileLost();
        throw error;
      }
    },
  };
}

export class FileLost extends Error {
  override readonly name = "FileLost";
}

export type Fingerprint = { ok: true; sha256: string } | { ok: false; because: "gone" | "beyondBrowser" };

/** A file's own fingerprint, which a browser makes of all of it at once: the address that takes it takes no other bytes. */
export async function sha256Of(file: Pick<Blob, "arrayBuffer" | "slice">): Promise<Fingerprint> {
  const whole = await bytesOf(file);
  if (whole !== null) return { ok: true, sha256: inHex(await crypto.subtle.digest("SHA-256", whole)) };
  return { ok: false, because: (await bytesOf(file.slice(0, 1))) === null ? "gone" : "beyondBrowser" };
}

/** Null where it has gone meanwhile, or is more than fits into one piece: browsers say the same of both. */
const bytesOf = (file: Pick<Blob, "arrayBuffer">): Promise<ArrayBuffer | null> => file.arrayBuffer().catch(() => null);

function inHex(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export type Sent = { ok: true } | { ok: false; status: number };

/** With an XMLHttpRequest, because only that tells how much has gone out. */
export function putFile(url: string, file: Blob, onProgress: (percent: number) => void): Promise<Sent> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      if (total > 0) onProgress(Math.floor((loaded / total) * 100));
    });
    request.addEventListener("load", () =>
      resolve(request.status < 300 ? { ok: true } : { ok: false, status: request.status }),
    );
    for (const trouble of ["error", "abort", "timeout"])
      request.addEventListener(trouble, () => resolve({ ok: false, status: 0 }));
    request.open("PUT", url);
    request.send(file);
  });
}

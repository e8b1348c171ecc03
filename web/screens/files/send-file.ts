/** A file's own fingerprint: the address that takes it takes these bytes and no others. */
export async function sha256Of(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
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

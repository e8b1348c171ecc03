// The official archive, with the checksum pinned. An address that does not answer is given up within seconds.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { gunzipSync } from "node:zlib";
import { requireRoom } from "./disk.mjs";
import { temporalVersion } from "./temporal.mjs";

/** sha256 of temporal_cli_1.5.1_<platform>_<arch>.tar.gz */
const checksums = /** @type {Record<string, string>} */ ({
  linux_amd64: "ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d",
  linux_arm64: "bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5",
  darwin_amd64: "bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9",
  darwin_arm64: "cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415",
});
const silenceMs = 15_000;
const megabyte = 1_000_000;

/** @param {string} platform
 * @param {string} arch */
const addresses = (platform, arch) => [
  `https://temporal.download/cli/archive/v${temporalVersion}?platform=${platform}&arch=${arch}`,
  `https://github.com/temporalio/cli/releases/download/v${temporalVersion}/temporal_cli_${temporalVersion}_${platform}_${arch}.tar.gz`,
];

/** @param {string} place
 * @param {(line: string) => void} report */
export async function downloaded(place, report) {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const checksum = checksums[`${process.platform}_${arch}`];
  if (!checksum) throw new Error(`no official download is pinned for ${process.platform}-${process.arch}`);
  requireRoom(dirname(place), 400 * megabyte, "The download of Temporal");
  await downloadFrom(addresses(process.platform, arch), { checksum, place, report });
}

/** The first address that gives what the checksum says.
 * @param {string[]} from
 * @param {{ checksum: string, place: string, report: (line: string) => void, answerWithinMs?: number }} options */
export async function downloadFrom(from, { checksum, place, report, answerWithinMs = 8000 }) {
  /** @type {string[]} */
  const refusals = [];
  for (const address of from) {
    try {
      report(`Downloading Temporal ${temporalVersion} from ${new URL(address).host}`);
      const archive = await fetched(address, { report, answerWithinMs });
      const found = createHash("sha256").update(archive).digest("hex");
      if (found !== checksum)
        throw new Error(`checksum ${found.slice(0, 12)}... is not the pinned ${checksum.slice(0, 12)}...`);
      writeFileSync(place, fileIn(gunzipSync(archive), "temporal"));
      return;
    } catch (error) {
      refusals.push(`${new URL(address).host}: ${reasonOf(error)}`);
    }
  }
  throw new Error(`download refused (${refusals.join("; ")})`);
}

/** @param {unknown} error */
function reasonOf(error) {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** @param {string} address
 * @param {{ report: (line: string) => void, answerWithinMs: number }} options */
async function fetched(address, { report, answerWithinMs }) {
  const giveUp = new AbortController();
  const late = (/** @type {number} */ ms) =>
    setTimeout(() => giveUp.abort(new Error(`no answer within ${ms / 1000} s`)), ms);
  let timer = late(answerWithinMs);
  try {
    const response = await fetch(address, { signal: giveUp.signal });
    if (!response.ok || !response.body) throw new Error(`answered ${response.status}`);
    const total = Number(response.headers.get("content-length"));
    const parts = [];
    let bytes = 0;
    let reported = 0;
    for await (const part of response.body) {
      clearTimeout(timer);
      timer = late(silenceMs);
      parts.push(part);
      bytes += part.length;
      if (bytes - reported >= 10 * megabyte) {
        reported = bytes;
        report(
          `Downloading Temporal: ${Math.round(bytes / megabyte)}${total ? ` of ${Math.round(total / megabyte)}` : ""} MB`,
        );
      }
    }
    return Buffer.concat(parts);
  } finally {
    clearTimeout(timer);
  }
}

/** One file of a tar archive: a header of 512 bytes with name and octal size, then the bytes, padded.
 * @param {Buffer} tar
 * @param {string} name */
export function fileIn(tar, name) {
  for (let at = 0; at + 512 <= tar.length;) {
    const path = tar.toString("utf8", at, at + 100).replace(/\0.*$/su, "");
    const size = Number.parseInt(tar.toString("utf8", at + 124, at + 136), 8) || 0;
    if (path === name || path.endsWith(`/${name}`)) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`the archive holds no ${name}`);
}

// On which addresses a process and its children listen, as the system tells it.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

const LISTENS = "0A";

/** Every process with its parent. */
function parents(): Map<number, number> {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/u).map(Number));
  return new Map(rows.flatMap(([pid, parent]) => (pid && parent !== undefined ? [[pid, parent]] : [])));
}

export function withChildren(pids: readonly number[]): number[] {
  const parentOf = parents();
  const family = new Set(pids);
  for (let before = -1; before < family.size;) {
    before = family.size;
    for (const [pid, parent] of parentOf) if (family.has(parent)) family.add(pid);
  }
  return [...family];
}

/** `/proc/net/tcp` writes an address as words of four bytes, each with its last byte first. */
function addressOf(hex: string): string {
  const bytes = hex.match(/.{8}/gu)?.flatMap((word) => word.match(/../gu)?.toReversed() ?? []) ?? [];
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join(".");
  return bytes.join("").replaceAll(/(.{4})(?=.)/gu, "$1:");
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const target = linkAt(`/proc/${pid}/fd/${fd}`);
      return /^socket:\[(\d+)\]$/u.exec(target)?.slice(1) ?? [];
    });
  } catch (error) {
    if (existsSync(`/proc/${pid}/fd`)) throw error;
    return []; // it ended meanwhile
  }
}

function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // closed between two looks
  }
}

/** Each as `address:port`; of version 6 in full. */
export function listening(pids: readonly number[]): string[] {
  if (!existsSync("/proc/net/tcp")) return listeningByLsof(pids);
  const mine = new Set(pids.flatMap(socketsOf));
  const lines = ["tcp", "tcp6"].flatMap((table) => {
    const path = `/proc/net/${table}`;
    return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").slice(1) : [];
  });
  return lines.flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/u);
    const [address = "", port = ""] = local.split(":");
    return state === LISTENS && mine.has(inode) ? [`${addressOf(address)}:${Number.parseInt(port, 16)}`] : [];
  });
}

function listeningByLsof(pids: readonly number[]): string[] {
  const args = ["-nP", "-a", "-iTCP", "-sTCP:LISTEN", "-Fn", "-p", pids.join(",")];
  const { stdout } = spawnSync("lsof", args, { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => (line.startsWith("n") ? [line.slice(1)] : []));
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[?::1\]?|(0000:){7}0001|(0000:){5}ffff:7f[\da-f:]+):\d+$/u;

export const isLoopback = (address: string): boolean => LOOPBACK.test(address);

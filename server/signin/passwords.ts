/** Argon2id, never more than four at once: sign-ins cannot eat the processor. */
import { hash, verify } from "@node-rs/argon2";
import { isCommonPassword } from "./common-passwords.ts";

const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const AT_ONCE = 4;
const WAITING_MOST = 200;
export const PASSWORD_LEAST = 12;
export const PASSWORD_MOST = 128;

let running = 0;
const waiting: (() => void)[] = [];

async function inPool<Result>(work: () => Promise<Result>): Promise<Result> {
  // A queue without an end would let one caller keep everybody else waiting.
  if (waiting.length >= WAITING_MOST) throw new Error("too many sign-ins at once");
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

export const hashPassword = (password: string): Promise<string> => inPool(() => hash(password, COST));

export const isPassword = (given: { hash: string; password: string }): Promise<boolean> =>
  inPool(() => verify(given.hash, given.password));

/** No rules of composition: length, not what is tried first, not one character over and over, neither one's own name nor ours. */
export function isWeak(password: string, own: readonly string[]): boolean {
  const plain = password.toLowerCase();
  if (password.length < PASSWORD_LEAST || password.length > PASSWORD_MOST) return true;
  if (isCommonPassword(password) || new Set(plain).size < 4) return true;
  return [...own, "headwater"].some(
    (word) => word.length >= 4 && plain.includes(word.toLowerCase()) && plain.length < word.length + 6,
  );
}

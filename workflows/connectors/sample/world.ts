// What a sample source knows of whom it stands for: days, money and dice are the account's own.
import type { DecimalText } from "../records.ts";
import type { SourceSession } from "../session.ts";

export interface World {
  /** Two accounts never tell the same story. */
  readonly seed: string;
  readonly zone: string;
  readonly currency: string;
  readonly now: Date;
  /** So many minor units are what a dollar's worth of goods costs there. */
  readonly level: number;
}

/** What a dollar buys, to the nearest round number; one of anything else. */
const LEVELS: Readonly<Record<string, number>> = {
  INR: 80,
  JPY: 150,
  KRW: 1300,
  BDT: 110,
  NPR: 130,
  PKR: 280,
  LKR: 300,
  IDR: 16_000,
  VND: 25_000,
  PHP: 55,
  THB: 35,
  AED: 4,
  SAR: 4,
  CNY: 7,
  HKD: 8,
  ZAR: 18,
  MXN: 18,
  BRL: 5,
};

export function worldOf({ account }: Pick<SourceSession, "account">, now: Date): World {
  if (account === null) throw new Error("a sample is read of an account");
  const currency = account.currency ?? "USD";
  const { externalId: seed, zone } = account;
  return { seed, zone: zone ?? "UTC", currency, now, level: (LEVELS[currency] ?? 1) * 10 ** digitsOf(currency) };
}

const digitsOf = (currency: string): number =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** Minor units as exact text. */
export function money(minor: number, { currency }: Pick<World, "currency">): DecimalText {
  const digits = digitsOf(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  return `${minor < 0 ? "-" : ""}${whole}${digits === 0 ? "" : `.${text.slice(-digits)}`}`;
}

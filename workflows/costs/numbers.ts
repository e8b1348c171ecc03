/** Amounts as exact decimals. Which mark is the decimal one is decided once for a file, by all of it. */

export type Decimal = "." | ",";

/** What one pass has seen of a file's amounts. */
export interface NumberSigns {
  readonly point: number;
  readonly comma: number;
  /** `1,234` and `1.234`: a thousand, or one and a bit. */
  readonly eitherComma: number;
  readonly eitherPoint: number;
  /** The first that could be either: where it stands, and what. */
  readonly open?: Place & { readonly sample: string };
}
interface Place {
  readonly line: number;
  readonly column: string;
}
export const NO_NUMBERS: NumberSigns = { point: 0, comma: 0, eitherComma: 0, eitherPoint: 0 };

const SPACES = /[\s\u00a0\u202f'\u2019]/g;
/** Between two digits a space groups, and must do it as a mark would; anywhere else it says nothing. */
const BETWEEN_DIGITS = /(?<=\d)[\s\u00a0\u202f'\u2019]+(?=\d)/g;

export function noteNumber(signs: NumberSigns, text: string, place: Place): NumberSigns {
  const vote = voteOf(text);
  if (vote === null) return signs;
  const noted = { ...signs, [vote]: signs[vote] + 1 };
  const isEither = vote === "eitherComma" || vote === "eitherPoint";
  return isEither && signs.open === undefined ? { ...noted, open: { ...place, sample: text.trim() } } : noted;
}

/** Which way a value votes; most values vote for neither. */
function voteOf(text: string): Exclude<keyof NumberSigns, "open"> | null {
  if (/^-?\d*$/.test(text)) return null;
  if (/^-?\d+\.\d{1,2}$/.test(text)) return "point";
  const body = text.replace(SPACES, "").replace(/[^\d.,]/g, "");
  const comma = body.lastIndexOf(",");
  const point = body.lastIndexOf(".");
  if (comma < 0 && point < 0) return null;
  if (comma >= 0 && point >= 0) return comma > point ? "comma" : "point";
  const mark = comma >= 0 ? "," : ".";
  const parts = body.split(mark);
  const last = parts.at(-1) ?? "";
  const first = parts[0] ?? "";
  // Twice the same mark groups digits, so the other one is the decimal mark.
  if (parts.length > 2) return mark === "," ? "point" : "comma";
  const couldGroup = last.length === 3 && first.length >= 1 && first.length <= 3 && first !== "0";
  if (couldGroup) return mark === "," ? "eitherComma" : "eitherPoint";
  return mark === "," ? "comma" : "point";
}

export interface NumberStyle {
  readonly decimal: Decimal;
  /** Nothing in the file decides it. */
  readonly isGuess: boolean;
}

/** A semicolon between cells, or a locale that writes `1,5`, speaks for the comma; else it groups thousands. */
export function styleOf(signs: NumberSigns, ground: { delimiter: string; localeDecimal: Decimal }): NumberStyle {
  if (signs.point !== signs.comma) return { decimal: signs.point > signs.comma ? "." : ",", isGuess: false };
  const likely = ground.delimiter === ";" ? "," : ground.localeDecimal;
  const isOpen = signs.eitherComma > 0 || (signs.eitherPoint > 0 && likely === ",");
  return { decimal: likely, isGuess: signs.point === 0 && isOpen };
}

export type ReadNumber =
  | {
      readonly amount: string;
      readonly currency: string | null;
      readonly isPercent: boolean;
      readonly isScientific: boolean;
    }
  | { readonly wrong: "number" | "currency" }
  | { readonly nothing: true };

const NOTHING = new Set(["", "-", "–", "—", "#n/a", "#ref!", "#value!", "#div/0!", "#name?", "nan", "n/a", "null"]);
/** Empty because a spreadsheet failed is an error where a number is needed; empty because nothing is there is not. */
export const isBlankNumber = (text: string): boolean => text.trim() === "";

/** Digits and at most one decimal mark: nothing to find out. Null: it may still be a number. */
function plainAmount(text: string, decimal: Decimal): string | null {
  const parts = (decimal === "." ? POINTED : COMMAED).exec(text);
  if (parts === null) return null;
  const [, sign = "", whole = "", fraction = ""] = parts;
  if (fraction === "") return whole === "0" ? "0" : sign + whole;
  return `${sign}${whole}.${fraction}`;
}
/** As it is kept already: no zeros before or behind. */
const POINTED = /^(-?)(0(?=\.|$)|[1-9]\d{0,13})(?:\.(\d{0,5}[1-9]))?$/;
const COMMAED = /^(-?)(0(?=,|$)|[1-9]\d{0,13})(?:,(\d{0,5}[1-9]))?$/;

export function readNumber(given: string, decimal: Decimal, brandCurrency: string): ReadNumber {
  const amount = plainAmount(given, decimal);
  if (amount !== null) return { amount, currency: null, isPercent: false, isScientific: false };
  const text = given.trim();
  if (NOTHING.has(text.toLowerCase())) return { nothing: true };
  if (!/\d/.test(text)) return { wrong: "number" };
  const money = withoutCurrency(text.replace(/[\u2212\u2013]/g, "-"), brandCurrency);
  if (money === null) return { wrong: "currency" };
  let body = money.rest.replace(BETWEEN_DIGITS, SPACE).replace(SPACES, "");
  const isPercent = body.endsWith("%");
  if (isPercent) body = body.slice(0, -1);
  const signed = withoutSign(body);
  if (signed === null) return { wrong: "number" };
  const plain = plainDigits(signed.digits, decimal) ?? scientific(signed.digits, decimal);
  if (plain === null) return { wrong: "number" };
  const kept = atMostSix(plain.digits);
  if (kept === null) return { wrong: "number" };
  const isZero = /^0(\.0+)?$/.test(kept);
  return {
    amount: signed.isNegative && !isZero ? `-${kept}` : kept,
    currency: money.currency,
    isPercent,
    isScientific: plain.isScientific,
  };
}

function withoutSign(body: string): { digits: string; isNegative: boolean } | null {
  const bracketed = /^\(([^()]+)\)$/.exec(body)?.[1];
  if (bracketed !== undefined) return /^[+-]/.test(bracketed) ? null : { digits: bracketed, isNegative: true };
  const [, before = "", digits = "", after = ""] = /^([+-]?)(.*?)(-?)$/.exec(body) ?? [];
  if (before !== "" && after !== "") return null;
  return { digits, isNegative: before === "-" || after === "-" };
}

const SPACE = "_";
const grouped = (mark: string): RegExp =>
  new RegExp(`^(?:\\d{1,3}(?:${mark}\\d{3})+|\\d{1,2}(?:${mark}\\d{2})*${mark}\\d{3})$`);
const BY_COMMAS = grouped(",");
const BY_POINTS = grouped("\\.");
const BY_SPACES = grouped(SPACE);

/** Groups of three, or the Indian three and then twos; a group of any other size is a mistake. */
function plainDigits(body: string, decimal: Decimal): { digits: string; isScientific: boolean } | null {
  const grouping = decimal === "." ? "," : ".";
  const at = body.lastIndexOf(decimal);
  const whole = at < 0 ? body : body.slice(0, at);
  const fraction = at < 0 ? "" : body.slice(at + 1);
  if (!/^\d*$/.test(fraction) || (at >= 0 && whole === "" && fraction === "")) return null;
  const isGrouped = (grouping === "," ? BY_COMMAS : BY_POINTS).test(whole) || BY_SPACES.test(whole);
  const isBare = /^\d+$/.test(whole) || (whole === "" && fraction !== "");
  if (!isGrouped && !isBare) return null;
  const digits = whole.replace(/\D/g, "").replace(/^0+(?=\d)/, "") || "0";
  return { digits: fraction === "" ? digits : `${digits}.${fraction}`, isScientific: false };
}

function scientific(body: string, decimal: Decimal): { digits: string; isScientific: boolean } | null {
  const [, mantissa = "", exponent = ""] = /^(\d+(?:[.,]\d+)?)e([+-]?\d{1,3})$/i.exec(body) ?? [];
  if (mantissa === "") return null;
  const [whole = "", fraction = ""] = mantissa.split(/[.,]/);
  if (mantissa.includes(decimal === "." ? "," : ".")) return null;
  const point = whole.length + Number(exponent);
  const all = whole + fraction;
  if (point > 20 || point < -20) return null;
  const left = point <= 0 ? "0" : all.slice(0, point).padEnd(point, "0");
  const right = point <= 0 ? "0".repeat(-point) + all : all.slice(point);
  const digits = left.replace(/^0+(?=\d)/, "");
  return { digits: right === "" ? digits : `${digits}.${right}`, isScientific: true };
}

/** numeric(20,6): nothing is rounded, what does not fit is refused. */
function atMostSix(digits: string): string | null {
  const [whole = "0", fraction = ""] = digits.split(".");
  const kept = fraction.replace(/0+$/, "");
  if (whole.length > 14 || kept.length > 6) return null;
  return kept === "" ? whole : `${whole}.${kept}`;
}

/** Units of account have a code as well, and amounts in contracts. */
const CURRENCIES = new Set([...Intl.supportedValuesOf("currency"), "CLF", "UYW"]);
export const isCurrency = (code: string): boolean => CURRENCIES.has(code);

const DOLLARS = new Set(["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN"]);
const SYMBOLS: readonly (readonly [string, string])[] = [
  ["US$", "USD"],
  ["CA$", "CAD"],
  ["C$", "CAD"],
  ["AU$", "AUD"],
  ["A$", "AUD"],
  ["NZ$", "NZD"],
  ["R$", "BRL"],
  ["Rs.", "INR"],
  ["Rs", "INR"],
  ["€", "EUR"],
  ["£", "GBP"],
  ["₹", "INR"],
  ["₩", "KRW"],
  ["zł", "PLN"],
  ["₺", "TRY"],
];

function withoutCurrency(text: string, brand: string): { rest: string; currency: string | null } | null {
  if (/^[\d\s.,()%+\u00a0\u202f'\u2019eE-]*$/.test(text)) return { rest: text, currency: null };
  for (const [symbol, currency] of [...SYMBOLS, ["$", dollarOf(brand)] as const, ["¥", yenOf(brand)] as const])
    if (text.includes(symbol)) return { rest: without(text, symbol), currency };
  const [, code = ""] = /(?:^|[^A-Za-z])([A-Za-z]{3})(?:$|[^A-Za-z])/.exec(text) ?? [];
  if (code === "") return { rest: text, currency: null };
  const currency = code.toUpperCase();
  return isCurrency(currency) ? { rest: without(text, code), currency } : null;
}

/** It stands before the digits or behind them; one between them is left, for that is no amount. */
function without(text: string, name: string): string {
  const at = text.indexOf(name);
  const [before, behind] = [text.slice(0, at), text.slice(at + name.length)];
  return /\d/.test(before) && /\d/.test(behind) ? text : before + behind;
}

const dollarOf = (brand: string): string => (DOLLARS.has(brand) ? brand : "USD");
const yenOf = (brand: string): string => (brand === "CNY" ? "CNY" : "JPY");

/** Sums without a float: millionths as whole numbers. */
export function addAmounts(left: string, right: string): string {
  return fromMillionths(toMillionths(left) + toMillionths(right));
}

export function toMillionths(amount: string): bigint {
  const isNegative = amount.startsWith("-");
  const [whole = "0", fraction = ""] = amount.replace("-", "").split(".");
  const value = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, "0").slice(0, 6) || "0");
  return isNegative ? -value : value;
}

export function fromMillionths(value: bigint): string {
  const size = value < 0n ? -value : value;
  const fraction = String(size % 1_000_000n)
    .padStart(6, "0")
    .replace(/0+$/, "");
  const digits = `${size / 1_000_000n}${fraction === "" ? "" : `.${fraction}`}`;
  return value < 0n ? `-${digits}` : digits;
}

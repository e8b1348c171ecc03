// What is kept of a failure: enough to see it, so little that several stand on one screen, and no colours, which a log
// shows as signs.
import { stripVTControlCharacters } from "node:util";

const diffLines = 25;
const messageLines = 20;
const frames = 6;
const lineMax = 400;

const isChange = (/** @type {string | undefined} */ line) => /^[-+]/u.test(line ?? "");
const isFrame = (/** @type {string} */ line) => /^\s+at /u.test(line);
const ofPackages = (/** @type {string} */ line) => /node_modules|node:internal|\(<anonymous>\)$/u.test(line);
const without = (/** @type {number} */ lines) => `  ... ${lines} more ${lines === 1 ? "line" : "lines"}`;
const linesOf = (/** @type {string} */ text) => {
  const lines = stripVTControlCharacters(text).split(/\r?\n/u);
  return lines.map((line) => (line.length > lineMax ? `${line.slice(0, lineMax)} ...` : line));
};

/** The beginning, and the end where what went wrong may be said last.
 * @param {string[]} lines
 * @param {number} most
 * @param {number} [last]  how many of them are the last ones */
function cut(lines, most, last = 0) {
  if (lines.length <= most) return lines;
  const end = last > 0 ? lines.slice(-last) : [];
  return [...lines.slice(0, most - last), without(lines.length - most), ...end];
}

/** What changed, each with a line before and behind it.
 * @param {string} diff */
const shortDiff = (diff) => {
  const lines = linesOf(diff);
  const near = lines.filter((line, n) => isChange(line) || isChange(lines[n - 1]) || isChange(lines[n + 1]));
  return cut(near, diffLines);
};

/** @param {string} text
 * @param {number} [most] */
export const shortText = (text, most = messageLines) => cut(linesOf(text), most, Math.floor(most / 2)).join("\n");

/** @param {{ message?: string, stack?: string | undefined, diff?: string }} error */
export function shortError({ message = "", stack, diff }) {
  const lines = linesOf(stack ?? message);
  const said = lines.filter((line) => !isFrame(line)).join("\n");
  const ours = lines.filter((line) => isFrame(line) && !ofPackages(line)).slice(0, frames);
  return [...(diff ? shortDiff(diff) : []), shortText(said), ...ours].join("\n").trim();
}

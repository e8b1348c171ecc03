// What the gallery shows of a reason that the server words is what the server says: else it promises what no screen has.
import { wordsIn } from "@headwater/server/words/words.ts";
import { expect, test } from "vitest";
import { codeFiles } from "./tree.ts";

const words = wordsIn("en");
const families = ["connection", "dataSync", "hold", "attempt", "command", "waiting"];

interface Shown {
  readonly place: string;
  readonly message: string;
  readonly code: string;
  readonly remedy: { readonly kind: string; readonly label: string } | null;
}

/** `reason("…", { code: "…", … })`, with the remedy that it offers. */
const shown: readonly Shown[] = codeFiles
  .filter(({ path }) => path.startsWith("web/gallery/"))
  .flatMap(({ path, text }) =>
    [...text.matchAll(/\breason\(\s*"([^"]+)",\s*\{([\s\S]{0,400}?)\n\s*\}\)/gu)].flatMap(
      ([, message = "", more = ""]) => {
        const [, code = ""] = /\bcode: "([\w.]+)"/u.exec(more) ?? [];
        const [, kind, label] = /\bkind: "([A-Z_]+)", label: "([^"]+)"/u.exec(more) ?? [];
        const remedy = kind !== undefined && label !== undefined ? { kind, label } : null;
        return families.some((family) => words.has(`${family}.${code}`))
          ? [{ place: path, message, code, remedy }]
          : [];
      },
    ),
  );

/** The server's own sentence, with anything in the place of its values. */
const sentence = (code: string): RegExp => {
  const literal = words.say(code).replaceAll(/[.*+?^$()|[\]\\]/gu, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll(/\{\w+\}/gu, ".+")}$`, "u");
};

test("a reason of the gallery that the server words is said in the server's words", () => {
  expect(shown.map(({ code }) => code)).toEqual(
    expect.arrayContaining(["scopeMissing", "roleMissing", "frozenAtSource"]),
  );
  const other = shown.filter(
    ({ code, message, remedy }) =>
      !families.some((family) => words.has(`${family}.${code}`) && sentence(`${family}.${code}`).test(message)) ||
      (remedy !== null && remedy.label !== words.say(`remedy.${remedy.kind}`)),
  );
  expect(other).toEqual([]);
});

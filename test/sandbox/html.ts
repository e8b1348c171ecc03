// Plain pages that need no script: text is escaped unless it was made here.
declare const safe: unique symbol;
export interface Html {
  readonly text: string;
  readonly [safe]: true;
}

type Part = Html | string | number | null | false | readonly (Html | string)[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (each) => entities[each] ?? each);

// The one place where text becomes Html.
class MadeHtml implements Html {
  readonly text: string;
  declare readonly [safe]: true;
  constructor(text: string) {
    this.text = text;
  }
}
const made = (text: string): Html => new MadeHtml(text);

function write(part: Part): string {
  if (part === null || part === false) return "";
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  if ("text" in part) return part.text;
  return part.map(write).join("");
}

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return made(strings.map((text, i) => text + (i < parts.length ? write(parts[i] ?? null) : "")).join(""));
}

const style = made(`<style>
  :root { color-scheme: light dark; --ink: #16211d; --soft: #55635d; --line: #d5ddd8; --paper: #f6f8f6; --card: #fff; --accent: #0b6b4f; --danger: #a3281f; --mark: #e3f1eb; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e7efeb; --soft: #9fb0a8; --line: #33413b; --paper: #101714; --card: #18211d; --accent: #5fd0a8; --danger: #ff8e84; --mark: #1d3029; } }
  * { box-sizing: border-box; }
  body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
  main { max-width: 68rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
  main.narrow { max-width: 34rem; }
  h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 0 0 .5rem; }
  p { margin: .4rem 0; } .soft { color: var(--soft); } a { color: var(--accent); }
  .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.1rem 1.25rem; margin: .8rem 0; }
  .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: .8rem; } .grid .card { margin: 0; }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } th, td { text-align: start; padding: .45rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
  th { font-weight: 600; color: var(--soft); font-size: .85rem; } td.number, th.number { text-align: end; } .scroll { overflow-x: auto; }
  label { display: block; margin: .45rem 0; } .fields { display: flex; flex-wrap: wrap; gap: .5rem .8rem; align-items: end; } .fields label { margin: 0; font-size: .85rem; color: var(--soft); }
  input, select, button { font: inherit; color: inherit; } input[type=text], input[type=number], select { display: block; padding: .4rem .55rem; border: 1px solid var(--line); border-radius: 8px; background: var(--paper); max-width: 100%; }
  input[type=number] { width: 7rem; } button { padding: .45rem .95rem; border-radius: 8px; border: 1px solid var(--line); background: var(--card); cursor: pointer; }
  button.main { background: var(--accent); border-color: var(--accent); color: var(--paper); font-weight: 600; } button.danger { color: var(--danger); border-color: currentColor; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; } code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
  .note { background: var(--mark); border-radius: 8px; padding: .6rem .9rem; } ul.plain { list-style: none; padding: 0; margin: .5rem 0; } form.inline { display: inline; }
</style>`);

export function page(options: { title: string; isNarrow?: boolean; body: Html }): string {
  const { title, body } = options;
  return `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${style}
      </head>
      <body>
        <main class="${options.isNarrow ? "narrow" : "wide"}">${body}</main>
      </body>
    </html>`.text
  }`;
}

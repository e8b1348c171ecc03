// A merchant's own server of cost files, and another one that it leads to: marks and times, secrets in three fashions,
// redirects that a puller must follow, and redirects that it must never follow.
import { timingSafeEqual } from "node:crypto";
import { DeskRefusal } from "../desk/shop-actions.ts";
import { html } from "../html.ts";
import type { Answer, Incoming } from "../http.ts";
import type { OpenTwin, TwinAnswer } from "../twin.ts";
import { openFiles, type Files, type ServedFile } from "./files.ts";
import { openLedgers } from "./ledgers.ts";
import { openSftp, sftpDemo } from "./sftp.ts";

export const demo = {
  bearer: "demo-token",
  user: "demo",
  password: "demo-password",
  header: "x-feed-key",
  key: "demo-key",
};
const home = "files.costs.example";
const elsewhere = "elsewhere.costs.example";

export const openTwin: OpenTwin = ({ store, clock, sftpPort }) => {
  const ledgers = openLedgers(store, clock);
  const laid = openFiles(store, clock);
  const files: Files = {
    ...laid,
    all: () => [...ledgers.all(), ...laid.all()],
    find: (name) => ledgers.find(name) ?? laid.find(name),
  };
  const sftp = openSftp({ store, clock, files, port: sftpPort });
  return {
    platform: "custom-costs",
    title: "Cost files",
    owns: (host) => host === home || host === elsewhere,
    answer: (incoming) => (incoming.host === home ? answerHome(files, incoming) : answerElsewhere(files, incoming)),
    look([what = "", name = ""], query) {
      if (what === "sftp") return sftp.look();
      if (what !== "files") return ledgers.look(what, name, query);
      return name === "" ? files.all().map(({ text: _text, ...file }) => file) : files.find(name);
    },
    /** `files/<name>` with `text` puts one there, `agoSeconds` old; with `action` `remove` takes it away. `settings` holds the ledgers still. */
    act([what = "", name = ""], given) {
      const { action, text } = given;
      if (what === "settings") return ledgers.change(given);
      if (what === "sftp") return sftp.act(given);
      if (what !== "files" || name === "") return null;
      if (action === "remove") return { removed: files.remove(name) };
      if (typeof text !== "string") throw new DeskRefusal("text is the whole file, or action is remove");
      return files.put(name, text, Number(given["agoSeconds"] ?? 0));
    },
    card: () =>
      html`<p class="soft">Files to pull, over HTTPS:</p>
        <ul>
          ${files.all().map(({ name }) => html`<li><code>https://${home}/open/${name}</code></li>`)}
        </ul>
        <p class="soft">
          Behind a secret: <code>/bearer/…</code> (<code>${demo.bearer}</code>),
          <code>/basic/…</code> (<code>${demo.user}</code>, <code>${demo.password}</code>), <code>/keyed/…</code> (<code
            >${demo.header}: ${demo.key}</code
          >). Through a redirect: <code>/moved/…</code>.
        </p>
        <p class="soft">
          Over SFTP: <code>${sftpDemo.host}</code>, <code>/out/*.csv</code>, as <code>${sftpDemo.user}</code> with
          <code>${sftpDemo.password}</code>.
        </p>`,
    close: () => sftp.close(),
  };
};

const told = (operation: string, answer: Answer): TwinAnswer => ({ ...answer, operation, account: null });
const plain = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  body: Buffer.from(text),
});
const leadTo = (location: string): TwinAnswer => told("redirect", plain(302, "", { location }));

function answerHome(files: Files, incoming: Incoming): TwinAnswer {
  if (incoming.method !== "GET") return told("refused", plain(405, "GET only", { allow: "GET" }));
  const [, way = "", name = ""] = incoming.path.split("/");
  const { headers } = incoming;
  switch (way) {
    case "open":
      return serve(files.find(name), incoming);
    case "bearer":
      return isSame(headers["authorization"], `Bearer ${demo.bearer}`) ? serve(files.find(name), incoming) : closed;
    case "basic": {
      const wanted = Buffer.from(`${demo.user}:${demo.password}`).toString("base64");
      return isSame(headers["authorization"], `Basic ${wanted}`) ? serve(files.find(name), incoming) : closed;
    }
    case "keyed":
      return isSame(headers[demo.header], demo.key) ? serve(files.find(name), incoming) : closed;
    case "moved":
      return leadTo(`https://${elsewhere}/open/${name}`);
    case "stays":
      return leadTo(`/bearer/${name}`);
    case "inside":
      return leadTo(`https://127.0.0.1/open/${name}`);
    case "metadata":
      return leadTo("https://169.254.169.254/latest/meta-data/");
    case "unsafe":
      return leadTo(`http://${home}/open/${name}`);
    case "round":
      return leadTo(incoming.path);
    case "signin":
      return told("sign-in page", {
        status: 200,
        headers: { "content-type": "text/html; charset=utf-8" },
        body: Buffer.from("<!DOCTYPE html><html><title>Sign in</title><form></form></html>"),
      });
    default:
      return told("missing", plain(404, "No such file"));
  }
}

const closed = told("refused", plain(401, "Sign in", { "www-authenticate": "Basic" }));

/** As a store with signed addresses: whoever brings another credential along is refused for it. */
function answerElsewhere(files: Files, incoming: Incoming): TwinAnswer {
  const [, way = "", name = ""] = incoming.path.split("/");
  if (incoming.headers["authorization"] !== undefined || incoming.headers[demo.header] !== undefined)
    return told("refused", plain(400, "Only one way to sign in is allowed"));
  return way === "open" ? serve(files.find(name), incoming) : told("missing", plain(404, "No such file"));
}

function serve(file: ServedFile | null, { headers }: Incoming): TwinAnswer {
  if (file === null) return told("missing", plain(404, "No such file"));
  const marks = { etag: file.etag, "last-modified": new Date(file.modifiedMs).toUTCString() };
  const since = Date.parse(headers["if-modified-since"] ?? "");
  const isSameMark = headers["if-none-match"] === file.etag;
  const isUntouched = headers["if-none-match"] === undefined && Math.floor(file.modifiedMs / 1000) * 1000 <= since;
  if (isSameMark || isUntouched) return told("file unchanged", { status: 304, headers: marks, body: Buffer.alloc(0) });
  return told("file", {
    status: 200,
    headers: { "content-type": "text/csv; charset=utf-8", ...marks },
    body: Buffer.from(file.text),
  });
}

function isSame(given: string | undefined, wanted: string): boolean {
  const [a, b] = [Buffer.from(given ?? ""), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

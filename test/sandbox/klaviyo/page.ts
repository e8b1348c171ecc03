// The account's own page for private keys (Settings → API keys), and Klaviyo's part of the desk.
import { html, page, type Html } from "../html.ts";
import { pageAnswer, readFields, redirect, type Incoming } from "../http.ts";
import type { TwinAnswer } from "../twin.ts";
import { readScopes, type Key, type Keys } from "./keys.ts";
import type { Account, World } from "./world.ts";

const KEYS_PATH = "/settings/account/api-keys";
export const browserPath = `/~/www.klaviyo.com${KEYS_PATH}`;

export function answerKeysPage(world: World, keys: Keys, incoming: Incoming): TwinAnswer {
  const told = (answer: ReturnType<typeof pageAnswer>): TwinAnswer => ({
    ...answer,
    operation: "keys page",
    account: null,
  });
  if (incoming.path !== KEYS_PATH)
    return told(pageAnswer(404, page({ title: "Not found", isNarrow: true, body: html`<h1>Not found</h1>` })));
  const account = world.byId(incoming.query.get("account") ?? "") ?? world.accounts[0];
  if (account === undefined) throw new Error("There is no account");
  const shown = { world, keys, prefix: incoming.prefix };
  if (incoming.method !== "POST") return told(pageAnswer(200, keysPage(shown, account)));
  if (isForeign(incoming)) return told(pageAnswer(403, "Another site may not make keys"));
  const fields = readFields(incoming) ?? {};
  if (fields["action"] === "delete") {
    const key = keys.of(account.seed.id).find((each) => each.key.slice(-6) === fields["key"]);
    if (key !== undefined) keys.delete(key.key);
    return told(redirect(303, `${incoming.prefix}${KEYS_PATH}?account=${account.seed.id}`));
  }
  const form = new URLSearchParams(incoming.body);
  const chosen = form.getAll("scope");
  const scopes = form.get("access") === "custom" ? readScopes.filter((scope) => chosen.includes(scope)) : readScopes;
  const made = keys.make(account.seed.id, form.get("name") ?? "Headwater", scopes);
  return told(pageAnswer(200, keysPage(shown, account, made)));
}

/** A page of another site may not press our buttons. */
function isForeign({ headers }: Incoming): boolean {
  const { origin, host } = headers;
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
}

interface Shown extends Pick<Incoming, "prefix"> {
  readonly world: World;
  readonly keys: Keys;
}

function keysPage({ world, keys, prefix }: Shown, account: Account, made: Key | null = null): string {
  const { id, name } = account.seed;
  const to = `${prefix}${KEYS_PATH}?account=${id}`;
  const body = html`<h1>API keys</h1>
    <p class="soft">${name}. Public key (site ID): <code>${id}</code></p>
    ${
      made === null
        ? ""
        : html`<div class="note">
            <p>Copy the private key now: it is not shown again.</p>
            <p><code id="made-key">${made.key}</code></p>
          </div>`
    }
    <div class="card">
      <h3>Private keys</h3>
      <table>
        ${keys.of(id).map(
          (key) =>
            html`<tr>
              <td>${key.name}</td>
              <td><code>…${key.key.slice(-6)}</code></td>
              <td>${key.scopes.length === readScopes.length ? "Read-only" : key.scopes.join(" ")}</td>
              <td>
                <form class="inline" method="post" action="${to}">
                  <input type="hidden" name="action" value="delete" /><input
                    type="hidden"
                    name="key"
                    value="${key.key.slice(-6)}"
                  /><button class="danger">Delete</button>
                </form>
              </td>
            </tr>`,
        )}
      </table>
    </div>
    <form method="post" action="${to}" class="card">
      <h3>Create private API key</h3>
      <label>Name <input type="text" name="name" value="Headwater" /></label>
      <label><input type="radio" name="access" value="read" checked /> Read-only access</label>
      <label><input type="radio" name="access" value="custom" /> Custom access:</label>
      ${readScopes.map((scope) => html`<label><input type="checkbox" name="scope" value="${scope}" /> ${scope}</label>`)}
      <button class="main">Create</button>
    </form>
    <p>
      ${world.accounts.map(
        (other) => html`<a href="${prefix}${KEYS_PATH}?account=${other.seed.id}">${other.seed.name}</a> `,
      )}
    </p>`;
  return page({ title: "API keys", isNarrow: true, body });
}

export function deskCard(world: World, keys: Keys): Html {
  return html`<p>
      <a href="${browserPath}">Make and delete keys</a> as the account's owner does, or paste one of these:
    </p>
    <div class="scroll card">
      <table>
        <tr>
          <th>Account</th>
          <th>Private key</th>
          <th>Public key (refused)</th>
          <th>Zone, currency</th>
        </tr>
        ${world.accounts.map(
          ({ seed }) =>
            html`<tr>
              <td>${seed.name}</td>
              <td><code>${keys.of(seed.id)[0]?.key ?? "deleted"}</code></td>
              <td><code>${seed.id}</code></td>
              <td>${seed.zone}, ${seed.currency}</td>
            </tr>`,
        )}
      </table>
    </div>`;
}

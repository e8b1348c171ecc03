// The consent page at www.facebook.com: a person says who they are, which permissions and which ad accounts, or refuses.
import { html, page, type Html } from "../html.ts";
import { pageAnswer, redirect, type Answer, type Incoming } from "../http.ts";
import { issueCode } from "./tokens.ts";
import type { MetaWorld } from "./world.ts";

interface Asked {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string;
  readonly challenge: string | null;
}

const known = new Set(["ads_read", "business_management", "public_profile", "email"]);

function read(query: URLSearchParams): Asked {
  const scopes = (query.get("scope") ?? "").split(/[\s,]+/).filter((each) => each !== "");
  const challenge = query.get("code_challenge_method") === "S256" ? query.get("code_challenge") : null;
  return {
    clientId: query.get("client_id") ?? "",
    redirectUri: query.get("redirect_uri") ?? "",
    state: query.get("state") ?? "",
    scopes,
    challenge,
  };
}

function whyRefused(world: MetaWorld, asked: Asked, query: URLSearchParams): string | null {
  if (world.client === null || asked.clientId !== world.client.clientId)
    return "Invalid App ID: The provided app ID does not look like a valid app ID.";
  if (!world.client.redirectUris.includes(asked.redirectUri))
    return "URL Blocked: This redirect failed because the redirect URI is not whitelisted in the app's Client OAuth Settings.";
  if (query.get("response_type") !== "code") return "The stand-in gives codes only (response_type=code).";
  const wrong = asked.scopes.find((scope) => !known.has(scope));
  if (wrong !== undefined) return `Invalid Scopes: ${wrong}. This message is only shown to developers.`;
  if (asked.scopes.length === 0 && query.get("config_id") === null) return "Neither scope nor config_id is given.";
  return null;
}

const refusal = (said: string): Answer =>
  pageAnswer(
    400,
    page({
      title: "Something went wrong",
      isNarrow: true,
      body: html`<h1>Sorry, something went wrong.</h1>
        <p class="note">${said}</p>`,
    }),
  );

function body(world: MetaWorld, asked: Asked): Html {
  const people = world.people
    .filter(({ isSystem }) => isSystem !== true)
    .map(
      (person, n) =>
        html`<li>
          <label
            ><input type="radio" name="person" value="${person.id}" ${n === 0 ? "checked" : ""} /> ${person.name}
            <span class="soft">· ${person.about}</span></label
          >
        </li>`,
    );
  const scopes = asked.scopes.map(
    (scope) =>
      html`<li>
        <label><input type="checkbox" name="scope_kept" value="${scope}" checked /> <code>${scope}</code></label>
      </li>`,
  );
  return html`<p class="soft">Stand-in for Facebook Login</p>
    <h1>Headwater asks to see your ad accounts</h1>
    <form method="post" action="" class="card">
      <fieldset style="border:0;padding:0;margin:0">
        <legend><strong>Continue as</strong></legend>
        <ul class="plain">
          ${people}
        </ul>
      </fieldset>
      <fieldset style="border:0;padding:0;margin:0">
        <legend><strong>Headwater may</strong></legend>
        <ul class="plain">
          ${scopes}
        </ul>
      </fieldset>
      <label
        >Only these ad accounts (ids with commas; empty for all, now and later)
        <input type="text" name="targets" size="40"
      /></label>
      <p>
        <button class="main" name="decision" value="allow">Continue</button>
        <button name="decision" value="refuse">Not now</button>
      </p>
    </form>
    <p class="soft">
      <a href="/" target="_blank" rel="noopener">Fault desk: break this login on purpose (opens in a new tab)</a>
    </p>`;
}

function back(asked: Asked, parameters: Readonly<Record<string, string>>): Answer {
  const address = new URL(asked.redirectUri);
  for (const [name, value] of Object.entries({ ...parameters, state: asked.state }))
    address.searchParams.set(name, value);
  return redirect(302, `${address.href}#_=_`);
}

export function answerDialog(world: MetaWorld, incoming: Incoming): Answer {
  const asked = read(incoming.query);
  const why = whyRefused(world, asked, incoming.query);
  if (why !== null) return refusal(why);
  if (incoming.method === "GET")
    return pageAnswer(200, page({ title: "Log in with Facebook", isNarrow: true, body: body(world, asked) }), {
      "cache-control": "no-store",
    });
  const form = new URLSearchParams(incoming.body);
  if (form.get("decision") !== "allow")
    return back(asked, {
      error: "access_denied",
      error_code: "200",
      error_description: "Permissions error",
      error_reason: "user_denied",
    });
  const person = world.person(form.get("person") ?? "") ?? world.people[0];
  if (person === undefined) return refusal("Nobody can log in here.");
  const kept = new Set(form.getAll("scope_kept"));
  const targets = (form.get("targets") ?? "")
    .split(/[\s,]+/)
    .flatMap((id) => (id === "" ? [] : [id.replace(/^act_/, "")]));
  const code = issueCode(world, {
    person,
    scopes: asked.scopes.filter((scope) => kept.has(scope)),
    declined: asked.scopes.filter((scope) => !kept.has(scope)),
    targets: targets.length === 0 ? null : targets,
    redirectUri: asked.redirectUri,
    challenge: asked.challenge,
  });
  return back(asked, { code });
}

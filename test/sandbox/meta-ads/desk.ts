// What the desk can see of the twin and do to it.
import { DeskRefusal } from "../desk/shop-actions.ts";
import { html, type Html } from "../html.ts";
import type { Given } from "../twin.ts";
import { announceGone, askDeletion, deletionOf } from "./callbacks.ts";
import { namedError } from "./graph-error.ts";
import { amountIn } from "./insights.ts";
import { addDays, dayIn, isLevel, type Figures, type Level } from "./seed/days.ts";
import type { AdAccountSeed } from "./seed/people.ts";
import { endTokens, makeSystemToken, moveEnd, permissionsOf, setPermission } from "./tokens.ts";
import { useUp } from "./usage.ts";
import type { MetaWorld } from "./world.ts";

const text = (given: Given, name: string): string => {
  const value = given[name];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
};
const number = (given: Given, name: string, otherwise: number): number => {
  const value = Number(given[name] ?? otherwise);
  if (!Number.isFinite(value) || value < 0) throw new DeskRefusal(`${name} is not a sensible number`);
  return value;
};

export function stateOf(world: MetaWorld): object {
  return {
    asOf: new Date(world.asOfMs()).toISOString(),
    people: world.people.map((person) => ({
      id: person.id,
      name: person.name,
      about: person.about,
      accounts: person.accounts.length,
      permissions: permissionsOf(world, person.id),
      login: world.stateOf(`login ${person.id}`),
      deletion: deletionOf(world, person.id),
      tokens: Number(
        world.store.first(
          "select count(*) as n from meta_tokens where person = ? and ended_subcode is null",
          person.id,
        )?.["n"],
      ),
    })),
    reports: Number(world.store.first("select count(*) as n from meta_reports")?.["n"]),
    tempo: world.tempo,
  };
}

function accountIn(world: MetaWorld, id: string): AdAccountSeed {
  const account = world.account(id.replace(/^act_/, ""));
  if (account === undefined) throw new DeskRefusal(`There is no ad account ${id}`);
  return account;
}

/** Every row of a level as it stands now, or as it was last served. */
export function rowsFor(world: MetaWorld, id: string, query: URLSearchParams): object {
  const account = accountIn(world, id);
  const asked = query.get("level") ?? "campaign";
  const level: Level = isLevel(asked) ? asked : "campaign";
  if (query.get("of") === "served") {
    const served = world.store.all(
      `select entity, day, spend, impressions, clicks, purchases, value, as_of_ms as asOfMs from meta_served s
       where account = ? and level = ? and seq = (select max(seq) from meta_served t where t.account = s.account and t.level = s.level and t.entity = s.entity and t.day = s.day)
       order by entity, day`,
      account.id,
      level,
    );
    return { currency: account.currency, rows: served };
  }
  const range = {
    since: query.get("since") ?? world.born(account),
    until: query.get("until") ?? addDays(dayIn(account.zone, world.asOfMs()), 1),
  };
  const rows = world.rows(account, level, range).map((row) => ({
    entity: row.entity,
    day: row.day,
    spend: amountIn(row.spend, account.currency),
    impressions: row.impressions,
    clicks: row.clicks,
    purchases: row.purchases,
    value: amountIn(row.value, account.currency),
  }));
  return { currency: account.currency, zone: account.zone, rows };
}

/** The account's own figures for each of its days, added up from what each ad did, whatever level is served. */
export function figuresFor(world: MetaWorld, id: string, query: URLSearchParams): object {
  const account = accountIn(world, id);
  const until = addDays(dayIn(account.zone, world.asOfMs()), 1);
  const rows = world.rows(account, "ad", { since: query.get("since") ?? world.born(account), until });
  return [...Map.groupBy(rows, ({ day }) => day)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, of]) => {
      const sum = (figure: keyof Figures): number => of.reduce((so, row) => so + row[figure], 0);
      return {
        day,
        currency: account.currency,
        ad_spend: amountIn(sum("spend"), account.currency),
        ad_impressions: String(sum("impressions")),
        ad_clicks: String(sum("clicks")),
        ad_purchases: String(sum("purchases")),
        ad_purchase_value: amountIn(sum("value"), account.currency),
      };
    });
}

const subcodes: Readonly<Record<string, number>> = {
  removeApp: 458,
  askDeletion: 458,
  changePassword: 460,
  expire: 463,
  logOut: 467,
};

export function actOnPerson(world: MetaWorld, id: string, given: Given): object {
  const person = world.person(id);
  if (person === undefined) throw new DeskRefusal(`There is nobody ${id}`);
  const action = text(given, "action");
  const subcode = subcodes[action];
  if (subcode !== undefined) {
    if (subcode === 458) {
      for (const { permission } of permissionsOf(world, id)) setPermission(world, id, permission, "expired");
      announceGone(world, id);
    }
    if (action === "askDeletion") askDeletion(world, id);
    return { ended: endTokens(world, id, subcode) };
  }
  if (action === "systemToken" && person.isSystem) {
    const { token } = makeSystemToken(world, person, (text(given, "scopes") || "ads_read").split(" "));
    if (text(given, "app") === "other") world.setState(`foreign ${token}`, "yes");
    else world.setState(`system ${id}`, token);
    return { token };
  }
  if (action === "moveEnd") return { moved: moveEnd(world, id, number(given, "days", 3)) };
  if (action === "checkpoint") world.setState(`login ${id}`, text(given, "on") === "no" ? null : "459");
  else if (action === "forgedCallback") announceGone(world, id, "not the secret");
  else if (action === "permission")
    setPermission(world, id, text(given, "permission") || "ads_read", text(given, "status") || "declined");
  else if (action === "role")
    world.setState(
      `role ${id} ${accountIn(world, text(given, "account")).id}`,
      text(given, "on") === "yes" ? null : "none",
    );
  else
    throw new DeskRefusal(
      "A person can removeApp, askDeletion, systemToken, changePassword, expire, moveEnd, logOut, checkpoint, permission, role, forgedCallback",
    );
  return { person: id, permissions: permissionsOf(world, id) };
}

export function actOnAccount(world: MetaWorld, id: string, given: Given): object {
  const account = accountIn(world, id);
  const action = text(given, "action");
  if (action === "status") world.setState(`status ${account.id}`, text(given, "to") || "1");
  else if (action === "usage") useUp(world, account.id, number(given, "percent", 100), number(given, "minutes", 40));
  else if (action === "tier") world.setState(`tier ${account.id}`, text(given, "to") || "development_access");
  else if (action === "owner") world.setState(`owner ${account.id}`, text(given, "to") || null);
  else if (action === "gone") world.setState(`gone ${account.id}`, text(given, "on") === "no" ? null : "yes");
  else if (action === "refuse")
    world.setState(
      `refuses ${account.id}`,
      text(given, "error") === "" ? null : namedError(text(given, "error")) && text(given, "error"),
    );
  else throw new DeskRefusal("An ad account can status, usage, tier, owner, gone, refuse");
  return { account: account.id, status: world.statusOf(account), usage: world.usageOf(account.id) };
}

export function changeSettings(world: MetaWorld, given: Given): object {
  if (given["asOf"] !== undefined)
    world.setState(
      "asOf",
      given["asOf"] === null || given["asOf"] === "" ? null : String(Date.parse(text(given, "asOf"))),
    );
  if (given["requireProof"] !== undefined) world.setState("requireProof", text(given, "requireProof"));
  if (given["dropsAt"] !== undefined)
    world.setState("dropsAt", isLevel(text(given, "dropsAt")) ? text(given, "dropsAt") : null);
  for (const way of ["sync", "report"] as const)
    if (given[`${way}RowsMax`] !== undefined)
      world.setState(`rowsMax ${way}`, String(number(given, `${way}RowsMax`, 0)));
  world.tempo = {
    startMs: number(given, "reportStartMs", world.tempo.startMs),
    runMs: number(given, "reportRunMs", world.tempo.runMs),
  };
  return stateOf(world);
}

const button = (to: string, action: string, label: string): Html =>
  html`<form class="inline" method="post" action="/_desk/meta-ads/${to}">
    <input type="hidden" name="action" value="${action}" /><button>${label}</button>
  </form>`;

function systemTokenOf(world: MetaWorld, person: string): Html {
  const token = world.stateOf(`system ${person}`);
  return token === null ? html`` : html`System user's token: <code class="wrap">${token}</code><br />`;
}

export function card(world: MetaWorld): Html {
  const people = world.people.map(
    (person) =>
      html`<article class="card">
        <h3>${person.name}</h3>
        <p class="soft">
          ${person.about}<br />${systemTokenOf(world, person.id)}${permissionsOf(world, person.id).map(({ permission, status }) => html`<code>${permission}</code> ${status} `)}
        </p>
        <p>
          ${button(`people/${person.id}`, "removeApp", "Remove the app")}
          ${button(`people/${person.id}`, "askDeletion", "Remove it and ask for deletion")}
          ${person.isSystem ? button(`people/${person.id}`, "systemToken", "Make a token") : ""}
          ${button(`people/${person.id}`, "changePassword", "Change the password")}
          ${button(`people/${person.id}`, "expire", "Let the token end")}
          ${button(`people/${person.id}`, "permission", "Take ads_read away")}
        </p>
      </article>`,
  );
  const accounts = world.people
    .filter((person) => person.accounts.length > 0 && person.accounts.length < 10)
    .flatMap((person) => person.accounts)
    .filter((id, n, all) => all.indexOf(id) === n)
    .flatMap((id) => world.account(id) ?? [])
    .map(
      (account) =>
        html`<li>
          ${account.name}
          <span class="soft"
            ><code>act_${account.id}</code> · ${account.currency} · ${account.zone} · status ${world.statusOf(account)},
            used ${world.usageOf(account.id).percent} %</span
          >
          ${button(`accounts/${account.id}`, "usage", "Use its limit up for 40 minutes")}
          <form class="inline" method="post" action="/_desk/meta-ads/accounts/${account.id}">
            <input type="hidden" name="action" value="status" /><input
              type="hidden"
              name="to"
              value="${world.statusOf(account) === 1 ? 2 : 1}"
            /><button>${world.statusOf(account) === 1 ? "Disable" : "Enable"}</button>
          </form>
        </li>`,
    );
  return html`<p>Whoever connects Meta Ads says on its consent page as whom they log in.</p>
    <div class="grid">${people}</div>
    <ul class="plain card">
      ${accounts}
    </ul>`;
}

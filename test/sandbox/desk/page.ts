// The fire drill: a merchant's developer breaks a provider on purpose and watches what the app does.
import { html, page, type Html } from "../html.ts";
import { faultKinds, surfaces } from "../faults/rule.ts";
import type { Rooms } from "../rooms.ts";
import { eventKinds } from "../shopify/seed/order-head.ts";
import { shopConditions } from "../shopify/seed/shop.ts";
import { deliveries, deskState, requests } from "./state.ts";

type State = ReturnType<typeof deskState>;
type ShopState = State["shops"][number];

const option = (value: string, label: string = value): Html => html`<option value="${value}">${label}</option>`;

const button = (domain: string, action: string, label: string, isDanger = false): Html =>
  html`<form class="inline" method="post" action="/_desk/shops/${domain}">
    <input type="hidden" name="action" value="${action}" /><button class="${isDanger ? "danger" : "plain"}">
      ${label}
    </button>
  </form>`;

function shopForms(shop: ShopState): Html {
  const to = `/_desk/shops/${shop.domain}`;
  return html`<p>
      ${button(shop.domain, "expireAccess", "Expire the access token")}
      ${button(shop.domain, "revoke", "Revoke all tokens", true)}
      ${button(shop.domain, "drain", "Empty the cost bucket")}
      ${button(shop.domain, "uninstall", "Uninstall the app", true)}
    </p>
    <form method="post" action="${to}" class="fields">
      <input type="hidden" name="action" value="happen" />
      <label>Orders <input type="number" name="count" value="1" min="1" max="1000" /></label>
      <label
        >What happens to them
        <select name="kind">
          ${eventKinds.map((kind) => option(kind))}
        </select></label
      >
      <button>Let it happen</button>
    </form>
    <form method="post" action="${to}" class="fields">
      <input type="hidden" name="action" value="placeOrders" />
      <label>New orders now <input type="number" name="count" value="1" min="1" max="1000" /></label
      ><button>Place them</button>
    </form>
    <form method="post" action="${to}" class="fields">
      <input type="hidden" name="action" value="condition" />
      <label
        >The shop is
        <select name="to">
          ${shopConditions.map((each) => option(each))}
        </select></label
      ><button>Change it</button>
    </form>
    <form method="post" action="${to}" class="fields">
      <input type="hidden" name="action" value="dropScope" />
      <label>Scope <input type="text" name="scope" value="read_orders" /></label><button>Take it away</button>
    </form>
    <form method="post" action="${to}" class="fields">
      <input type="hidden" name="action" value="live" />
      <label
        >New orders by themselves
        <select name="on">
          ${option("yes")}${option("no")}
        </select></label
      ><button>Set</button>
    </form>`;
}

function shopCard(shop: ShopState): Html {
  const scopes = shop.install ? html`Installed: <code>${shop.install.scopes.join(" ")}</code>` : html`Not installed.`;
  return html`<article class="card">
    <h3>${shop.name}</h3>
    <p class="soft">
      <code>${shop.domain}</code><br />${shop.orders} orders${shop.isSeeded ? "" : " (made when first asked for)"} ·
      ${shop.currency} · ${shop.zone}
    </p>
    <p>${shop.condition === "open" ? "" : html`<strong>${shop.condition}</strong> · `}${scopes}</p>
    <p class="soft">
      Cost bucket ${shop.bucket.currentlyAvailable} of ${shop.bucket.maximumAvailable}, ${shop.bucket.restoreRate} a
      second
    </p>
    <details>
      <summary>Act on this shop</summary>
      ${shopForms(shop)}
    </details>
  </article>`;
}

function faultForm(state: State): Html {
  return html`<form method="post" action="/_desk/faults" class="card">
    <div class="fields">
      <label
        >What breaks
        <select name="kind">
          ${Object.entries(faultKinds).map(([kind, says]) => option(kind, `${kind}: ${says}`))}
        </select></label
      >
      <label
        >Where
        <select name="surface">
          ${surfaces.map((each) => option(each))}
        </select></label
      >
      <label
        >Shop
        <select name="shop">
          ${option("", "every shop")}${state.shops.map((shop) => option(shop.domain, shop.name))}
        </select></label
      >
      <label>Only requests with the words <input type="text" name="match" placeholder="orders(" /></label>
      <label>After how many that pass <input type="number" name="skip" value="0" min="0" /></label>
      <label>How many times <input type="text" name="count" value="1" size="6" /></label>
      <label>For seconds <input type="number" name="forSeconds" value="0" min="0" /></label>
      <label>Milliseconds <input type="number" name="ms" value="1000" min="0" /></label>
      <label>Bytes <input type="number" name="bytes" value="200" min="0" /></label>
      <label>Status <input type="number" name="status" value="503" min="200" max="599" /></label>
      <label>Retry-After <input type="text" name="retryAfter" size="8" /></label>
      <label>Field <input type="text" name="field" size="14" /></label>
      <label>To <input type="text" name="to" size="10" /></label>
      <label>Text <input type="text" name="text" size="14" /></label>
    </div>
    <p><button class="main">Break it</button> <span class="soft">"How many times" may be the word all.</span></p>
  </form>`;
}

const endForm = (id: number | null): Html =>
  html`<form class="inline" method="post" action="/_desk/end-faults">
    ${id === null ? "" : html`<input type="hidden" name="id" value="${id}" />`}<button>
      ${id === null ? "End all" : "End"}
    </button>
  </form>`;

function faultTable(state: State): Html {
  if (state.faults.length === 0) return html`<p class="soft">Nothing is broken.</p>`;
  const rows = state.faults.map(
    ({ id, rule, hits }) =>
      html`<tr>
        <td>${rule.kind}</td>
        <td>${rule.surface}</td>
        <td>${rule.shop ?? "every shop"}</td>
        <td class="number">${hits} of ${rule.count ?? "all"}</td>
        <td>${rule.untilMs === null ? "" : new Date(rule.untilMs).toISOString().slice(11, 19)}</td>
        <td>${endForm(id)}</td>
      </tr>`,
  );
  return html`<div class="scroll card">
    <table>
      <thead>
        <tr>
          <th>Fault</th>
          <th>Where</th>
          <th>Shop</th>
          <th class="number">Hits</th>
          <th>Until</th>
          <th>${endForm(null)}</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function clockForm(state: State): Html {
  return html`<form method="post" action="/_desk/clock" class="card fields">
    <p>
      The sandbox's clock says <strong>${state.now.replace("T", " ").slice(0, 19)} UTC</strong>. As it moves, orders
      ship, come back, are edited.
    </p>
    <label>Days <input type="number" name="byDays" value="1" /></label
    ><label>Hours <input type="number" name="byHours" value="0" /></label>
    <button>Move the clock</button>
  </form>`;
}

function settingsForm(state: State): Html {
  const { settings } = state;
  return html`<form method="post" action="/_desk/settings" class="card fields">
    <label
      >A refresh token used twice ends the family (now ${settings.reuseDetection})
      <select name="reuseDetection">
        ${option("off")}${option("on")}
      </select></label
    >
    <label
      >Customer data approved, level (now ${settings.customerLevel})
      <select name="customerLevel">
        ${option("1")}${option("0")}${option("2")}
      </select></label
    >
    <label
      >Bulk: ms until it runs <input type="number" name="bulkCreatedMs" value="${settings.bulkCreatedMs}" min="0"
    /></label>
    <label
      >Bulk: ms at its end <input type="number" name="bulkRunningMs" value="${settings.bulkRunningMs}" min="0"
    /></label>
    <button>Set</button>
  </form>`;
}

function requestTable(rooms: Rooms): Html {
  const last = Number(rooms.store.first("select coalesce(max(id), 0) as id from requests")?.["id"]);
  const rows = requests(rooms, { after: Math.max(0, last - 25), limit: 25, shop: null }).toReversed();
  if (rows.length === 0) return html`<p class="soft">Nobody has asked for anything yet.</p>`;
  return html`<div class="scroll card">
    <table>
      <thead>
        <tr>
          <th>At</th>
          <th>Host</th>
          <th>Asked for</th>
          <th class="number">Status</th>
          <th class="number">Bytes</th>
          <th class="number">ms</th>
          <th>Fault</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <td>${new Date(Number(row["atMs"])).toISOString().slice(11, 19)}</td>
              <td>${String(row["surface"])}</td>
              <td>${String(row["operation"])}</td>
              <td class="number">${Number(row["status"])}</td>
              <td class="number">${Number(row["bytes"])}</td>
              <td class="number">${Number(row["tookMs"])}</td>
              <td>${String(row["fault"] ?? "")}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function webhookTable(rooms: Rooms): Html {
  const rows = deliveries(rooms).slice(0, 10);
  if (rows.length === 0) return html`<p class="soft">No webhook has been sent.</p>`;
  return html`<div class="scroll card">
    <table>
      <thead>
        <tr>
          <th>Topic</th>
          <th>To</th>
          <th class="number">Attempts</th>
          <th class="number">Answer</th>
          <th>Again</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => {
          const to = `/_desk/webhooks/${String(row["id"])}`;
          return html`<tr>
            <td>${String(row["topic"])}</td>
            <td><code>${String(row["uri"])}</code></td>
            <td class="number">${Number(row["attempts"])}</td>
            <td class="number">${String(row["status"] ?? "")}</td>
            <td>
              <form class="inline" method="post" action="${to}"><button>Send again</button></form>
              <form class="inline" method="post" action="${to}">
                <input type="hidden" name="forged" value="yes" /><button class="danger">Forged</button>
              </form>
            </td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

export function deskPage(rooms: Rooms, said: string | null): string {
  const state = deskState(rooms);
  const app = rooms.config.appUrl;
  const body = html`<p class="soft">
      ${app === null ? "" : html`<a href="${app}">Back to Headwater</a> · `}Headwater sandbox
    </p>
    <h1>Fault desk</h1>
    <p>
      What stands here stands in for the providers: same addresses, same rules, same refusals. Break it and watch the
      app.
    </p>
    ${said === null ? "" : html`<p class="note" role="status">Done: <code>${said}</code></p>`}
    <h2>Broken now</h2>
    ${faultTable(state)}
    <h2>Break something</h2>
    ${faultForm(state)}
    <h2>Shops</h2>
    <div class="grid">${state.shops.map(shopCard)}</div>
    ${[...rooms.twins.values()].map(
      (twin) =>
        html`<h2>${twin.title}</h2>
          ${twin.card()}`,
    )}
    <h2>Clock</h2>
    ${clockForm(state)}
    <h2>Rules of the provider</h2>
    ${settingsForm(state)}
    <h2>Webhooks</h2>
    ${webhookTable(rooms)}
    <h2>Last requests</h2>
    ${requestTable(rooms)}
    <p class="soft">For programs: the same under <code>/_desk/</code>; the README of the sandbox names every path.</p>`;
  return page({ title: "Fault desk · Headwater sandbox", body });
}

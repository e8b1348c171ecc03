// Klaviyo's stand-in: the API, the page where keys are made, and what the desk and the auditor ask of it.
import { DeskRefusal } from "../desk/shop-actions.ts";
import type { OpenTwin, Given } from "../twin.ts";
import { answerApi, type Api } from "./api.ts";
import { openBroken } from "./broken.ts";
import { figuresByDay, isMoney, toldRows, type Basis } from "./figures.ts";
import { openKeys, readScopes, type Keys } from "./keys.ts";
import { openServedLedger } from "./ledger.ts";
import { openLimits } from "./limits.ts";
import { amountText } from "../shopify/admin/money.ts";
import { answerKeysPage, browserPath, deskCard } from "./page.ts";
import { openWorld, type Account, type World } from "./world.ts";

export const openTwin: OpenTwin = ({ store, clock }) => {
  const world = openWorld(store, clock);
  const keys = openKeys(store, clock);
  const limits = openLimits();
  const ledger = openServedLedger(store);
  const api: Api = { world, keys, limits, noteServed: (account, ask) => ledger.note(account, ask) };
  const broken = openBroken(api);
  return {
    platform: "klaviyo",
    title: "Klaviyo",
    owns: (host) => host === "a.klaviyo.com" || host === "www.klaviyo.com",
    answer: (incoming) =>
      incoming.host === "a.klaviyo.com" ? answerApi(api, incoming) : answerKeysPage(world, keys, incoming),
    look([what = "", id = ""], query) {
      if (what === "accounts")
        return { accounts: world.accounts.map((account) => told(account, keys)), keysPage: browserPath };
      const account = world.byId(id);
      if (account === null) return null;
      const basis: Basis = query.get("of") === "served" ? "served" : "truth";
      const { exponent, currency } = account.seed;
      if (what === "rows")
        return [...toldRows(account, ledger, basis)].map(({ minor, ...row }) => ({
          ...row,
          currency,
          revenue: row.column === "orders" ? amountText(minor, exponent) : null,
        }));
      if (what !== "figures") return null;
      return [...figuresByDay(toldRows(account, ledger, basis))]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([day, figures]) => ({
          day,
          currency,
          ...Object.fromEntries(
            [...figures].map(([name, value]) => [name, isMoney(name) ? amountText(value, exponent) : String(value)]),
          ),
        }));
    },
    act: ([what = "", id = ""], given) => {
      if (what === "limits") {
        limits.starve(shareIn(given));
        return { share: shareIn(given) };
      }
      if (what === "settings") return standAt(world, given);
      if (what !== "accounts") return null;
      return actOnAccount(world, keys, id, given);
    },
    card: () => deskCard(world, keys),
    faultAnswer: (rule, incoming) => broken.answer(rule, incoming),
    close: () => undefined,
  };
};

const told = ({ seed }: Account, keys: Keys) => ({ ...seed, keys: keys.of(seed.id) });

/** `asOf`: the moment at which all figures stand still; empty lets them follow the clock again. */
function standAt(world: World, { asOf }: Given): object {
  const text = typeof asOf === "string" ? asOf : "";
  const asOfMs = text === "" ? null : Date.parse(text);
  if (Number.isNaN(asOfMs)) throw new DeskRefusal("asOf is a moment, or empty");
  world.standAt(asOfMs);
  return { asOf: text };
}

function shareIn(given: Given): number {
  const share = Number(given["share"]);
  if (!(share > 0 && share <= 1_000)) throw new DeskRefusal("share is above 0, and 1000 at most");
  return share;
}

/** `makeKey` with `scopes` (all that read, unless said), `deleteKey` with `key` (all, unless said). */
function actOnAccount(world: World, keys: Keys, id: string, given: Given): object {
  if (world.byId(id) === null) throw new DeskRefusal(`There is no account ${id}`);
  const { action, key, scopes } = given;
  if (action === "makeKey") {
    const wanted = typeof scopes === "string" ? scopes.split(/[\s,]+/).filter((scope) => scope !== "") : readScopes;
    return keys.make(id, "From the desk", wanted);
  }
  if (action === "deleteKey") {
    const doomed = typeof key === "string" && key !== "" ? [key] : keys.of(id).map((each) => each.key);
    return { deleted: doomed.filter((each) => keys.delete(each)).length };
  }
  throw new DeskRefusal("action is makeKey or deleteKey");
}

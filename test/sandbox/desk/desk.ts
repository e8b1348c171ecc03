// The desk's door: JSON for programs under /_desk/, a page for people at /.
import { json, pageAnswer, redirect, type Answer, type Incoming } from "../http.ts";
import { readRule } from "../faults/rule.ts";
import type { Rooms } from "../rooms.ts";
import type { Shop } from "../shopify/seed/shop.ts";
import { addShop } from "./add-shop.ts";
import { deskPage } from "./page.ts";
import { actOnShop, DeskRefusal, type Given } from "./shop-actions.ts";
import { deliveries, deskState, requests, sentAgain, shopState, toldFigures, toldOrders } from "./state.ts";

/** A page of another site may not press our buttons through the browser of somebody who runs the sandbox. */
function isForeign(incoming: Incoming): boolean {
  const origin = incoming.headers["origin"];
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== incoming.headers["host"];
}

function readGiven(incoming: Incoming): Given {
  const type = incoming.headers["content-type"] ?? "";
  if (!type.includes("json")) return Object.fromEntries(new URLSearchParams(incoming.body));
  let parsed: unknown;
  try {
    parsed = JSON.parse(incoming.body || "{}");
  } catch {
    throw new DeskRefusal("The body is not JSON");
  }
  if (typeof parsed !== "object" || parsed === null) throw new DeskRefusal("The body is not a JSON object");
  return { ...parsed };
}

const shopOf = (rooms: Rooms, domain: string): Shop => {
  const shop = rooms.shopify.world.byDomain(domain);
  if (!shop) throw new DeskRefusal(`There is no shop ${domain}`);
  return shop;
};

const basisOf = (incoming: Incoming) => (incoming.query.get("of") === "served" ? "served" : "truth");

const withoutIn = (incoming: Incoming): string[] =>
  (incoming.query.get("without") ?? "").split(",").filter((id) => /^\d{1,19}$/.test(id));

function moveClock(rooms: Rooms, given: Given): object {
  const by =
    Number(given["byMs"] ?? 0) +
    1000 *
      (Number(given["bySeconds"] ?? 0) + 3600 * Number(given["byHours"] ?? 0) + 86_400 * Number(given["byDays"] ?? 0));
  if (!Number.isFinite(by)) throw new DeskRefusal("Say byMs, bySeconds, byHours or byDays");
  rooms.clock.moveBy(by);
  return { now: new Date(rooms.clock.nowMs()).toISOString() };
}

function changeSettings(rooms: Rooms, given: Given): object {
  const { store, shopify } = rooms;
  const { reuseDetection, refreshRetry, customerLevel, bulkCreatedMs, bulkRunningMs, bulkBytesPerSecond } = given;
  if (reuseDetection === "on" || reuseDetection === "off") store.writeSetting("reuseDetection", reuseDetection);
  if (refreshRetry === "on" || refreshRetry === "off") store.writeSetting("refreshRetry", refreshRetry);
  const level = ([0, 1, 2] as const).find((each) => String(each) === String(customerLevel));
  if (level !== undefined) shopify.customerLevel = level;
  shopify.tempo = {
    createdMs: Number(bulkCreatedMs ?? shopify.tempo.createdMs),
    runningMs: Number(bulkRunningMs ?? shopify.tempo.runningMs),
    bytesPerSecond: Number(bulkBytesPerSecond ?? shopify.tempo.bytesPerSecond),
  };
  return deskState(rooms).settings;
}

function addFault(rooms: Rooms, given: Given): object {
  const rule = readRule(given, Date.now());
  if (typeof rule === "string") throw new DeskRefusal(rule);
  return { id: rooms.faults.add(rule), rule };
}

async function look(rooms: Rooms, incoming: Incoming): Promise<Answer | null> {
  const [what = "", domain] = incoming.path.slice("/_desk/".length).split("/");
  const number = (name: string, otherwise: number): number => Number(incoming.query.get(name) ?? otherwise);
  switch (what) {
    case "state":
      return json(200, deskState(rooms));
    case "requests": {
      const shop = incoming.query.get("shop");
      const id = shop === null ? null : shopOf(rooms, shop).id;
      return json(200, requests(rooms, { after: number("after", 0), limit: number("limit", 10_000), shop: id }));
    }
    case "again":
      return json(200, sentAgain(rooms, shopOf(rooms, domain ?? "")));
    case "webhooks":
      return json(200, deliveries(rooms));
    case "shops":
    case "orders":
    case "figures": {
      const shop = shopOf(rooms, domain ?? "");
      await shop.ready();
      shop.catchUp();
      if (what === "shops") return json(200, shopState(rooms, shop));
      if (what === "figures") return json(200, toldFigures(rooms, shop, basisOf(incoming), withoutIn(incoming)));
      const headers = { "content-type": "application/jsonl" };
      return { status: 200, headers, body: toldOrders(rooms, shop, basisOf(incoming)) };
    }
    default:
      return lookAtTwin(rooms, incoming);
  }
}

const pathIn = (incoming: Incoming): string[] =>
  incoming.path.slice("/_desk/".length).split("/").map(decodeURIComponent);

async function lookAtTwin(rooms: Rooms, incoming: Incoming): Promise<Answer | null> {
  const [platform = "", ...path] = pathIn(incoming);
  const found = (await rooms.twins.get(platform)?.look(path, incoming.query)) ?? null;
  return found === null ? null : json(200, found);
}

async function changeTwin(rooms: Rooms, incoming: Incoming, given: Given): Promise<object | null> {
  const [platform = "", ...path] = pathIn(incoming);
  return (await rooms.twins.get(platform)?.act(path, given)) ?? null;
}

async function change(rooms: Rooms, incoming: Incoming): Promise<object | null> {
  const [what = "", name = ""] = incoming.path.slice("/_desk/".length).split("/");
  const given = readGiven(incoming);
  switch (what) {
    case "faults":
      return addFault(rooms, given);
    case "end-faults":
      if (given["id"] === undefined) rooms.faults.endAll();
      else rooms.faults.end(Number(given["id"]));
      return { faults: rooms.faults.list().length };
    case "clock":
      return moveClock(rooms, given);
    case "settings":
      return changeSettings(rooms, given);
    case "shops":
      return name === "" ? addShop(rooms, given) : actOnShop(rooms, name, given);
    case "webhooks": {
      const secret =
        given["forged"] === true || given["forged"] === "yes" ? "not the secret" : rooms.config.shopify.clientSecret;
      return { status: await rooms.shopify.deliveries.resend(name, secret) };
    }
    default:
      return changeTwin(rooms, incoming, given);
  }
}

async function answer(rooms: Rooms, incoming: Incoming): Promise<Answer> {
  const missing = json(404, { error: `The desk has no ${incoming.path}` });
  if (incoming.path === "/" && incoming.method === "GET")
    return pageAnswer(200, deskPage(rooms, incoming.query.get("said")));
  if (!incoming.path.startsWith("/_desk/")) return missing;
  if (incoming.method === "GET") return (await look(rooms, incoming)) ?? missing;
  if (incoming.method !== "POST") return json(405, { error: "GET looks, POST changes" });
  if (isForeign(incoming)) return json(403, { error: "Another site may not use the desk" });
  const done = await change(rooms, incoming);
  if (done === null) return missing;
  // A form of the page comes back to the page; a program gets its answer.
  const isForm = (incoming.headers["content-type"] ?? "").includes("x-www-form-urlencoded");
  return isForm ? redirect(303, `/?said=${encodeURIComponent(JSON.stringify(done).slice(0, 300))}`) : json(200, done);
}

export async function answerDesk(rooms: Rooms, incoming: Incoming): Promise<Answer> {
  if (incoming.path === "/healthz" || incoming.path === "/readyz") return json(200, { status: "ok" });
  try {
    return await answer(rooms, incoming);
  } catch (error) {
    if (error instanceof DeskRefusal) return json(400, { error: error.message });
    throw error;
  }
}

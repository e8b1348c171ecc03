import { json, type Answer, type Incoming } from "../http.ts";
import type { Rooms } from "../server.ts";
export async function answerDesk(rooms: Rooms, incoming: Incoming): Promise<Answer> {
  await Promise.resolve();
  if (incoming.path === "/healthz" || incoming.path === "/readyz")
    return json(200, { ok: true, shops: rooms.shopify.world.shops().length });
  return json(404, { error: "Not found" });
}

// Bad weather in front of a server, drawn by a seed: what a network does to connections that are in use.
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../sandbox/random.ts";
import { fairWeather, type TcpProxy } from "./tcp-proxy.ts";

/** Cuts, half of them wherever the connections are, half inside of an answer. Answers how many connections it cut at once. */
export async function cutting(proxy: TcpProxy, random: Random, rounds: number): Promise<number> {
  let cut = 0;
  for (let round = 0; round < rounds; round += 1) {
    await sleep(random.whole(100, 900));
    if (random.isChosen(0.5)) proxy.set({ cutAfterBytes: random.whole(200, 4_000) });
    else cut += proxy.resetAll();
    await sleep(random.whole(50, 300));
    proxy.set(fairWeather);
  }
  return cut;
}

/** Cuts, then silence for some seconds, then a little time to work. */
export async function cuttingAndStalling(proxy: TcpProxy, random: Random, rounds: number): Promise<number> {
  let cut = 0;
  for (let round = 0; round < rounds; round += 1) {
    cut += proxy.resetAll();
    await sleep(random.whole(200, 1_000));
    proxy.set({ isSilent: true });
    await sleep(random.whole(1_000, 3_000));
    proxy.set(fairWeather);
    await sleep(random.whole(500, 1_500));
  }
  return cut;
}

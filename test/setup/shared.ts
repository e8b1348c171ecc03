// One service for all the projects of a run. Each project's setup is a module instance of its own, so what they share
// hangs on the process.
import type { TestServer } from "./services.ts";

interface Shared {
  users: number;
  service: Promise<TestServer>;
}

declare global {
  var headwaterTestServices: Map<string, Shared> | undefined;
}

export async function share(name: string, start: () => Promise<TestServer>): Promise<TestServer> {
  const services = (globalThis.headwaterTestServices ??= new Map());
  const shared = services.get(name) ?? { users: 0, service: start() };
  services.set(name, shared);
  shared.users += 1;
  const { address } = await shared.service;
  return {
    address,
    stop: async () => {
      shared.users -= 1;
      if (shared.users > 0) return;
      services.delete(name);
      await (await shared.service).stop();
    },
  };
}

import { beforeEach, inject } from "vitest";
import { makeRig, type Rig, type RigOptions } from "./rig.ts";
import { scripted, scriptedConnector } from "./scripted-source.ts";

/** A rig of its own for each test of a file, whose source has nothing until the test says what. */
export function ownRig(options: RigOptions = {}): Rig {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whole before each test: vitest runs none before beforeEach is done
  const own = {} as Rig;
  beforeEach(async () => {
    Object.assign(own, await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]) }), options));
    return () => own.close();
  });
  return own;
}

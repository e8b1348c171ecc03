import { afterAll, beforeAll, inject } from "vitest";
import { startApi } from "./api.ts";
import type { ApiOptions, TestApi } from "./api.ts";

/** An API for the tests of one file, over a database of its own. */
export function ownApi(options: ApiOptions = {}): TestApi {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whole before the first test: vitest runs none before beforeAll is done
  const own = {} as TestApi;
  beforeAll(async () => {
    Object.assign(own, await startApi(inject("postgresUrl"), options));
  });
  afterAll(() => own.close());
  return own;
}

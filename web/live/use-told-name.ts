import { nameAmong } from "./account-line.ts";
import type { LiveDatasource } from "./live.documents.ts";
import { useLive } from "./live.tsx";

/** Its name as a sentence says it, told apart where another of the organisation has the same. */
export const useToldName = (datasource: LiveDatasource): string =>
  useLive(({ byId }) => nameAmong(datasource, [...byId.values()]));

/** LISTEN on a connection of its own. After every silence of it, all that is in use is read again: a notice is never relied on. */
import postgres from "postgres";
import { datasourceId, isUuid, organisationId } from "@headwater/db/schema/ids.ts";
import type { DatasourceId, OrganisationId } from "@headwater/db/schema/ids.ts";
import { errorFacts } from "../log.ts";
import type { Log } from "../log.ts";

export interface Ear {
  close(): Promise<void>;
}

export interface Hearing {
  readonly url: string;
  readonly log: Log;
  readonly onChange: (organisation: OrganisationId, datasource: DatasourceId) => void;
  /** The connection is back; what was said meanwhile was not heard. */
  readonly onBack: () => void;
}

const AGAIN_MS = 500;

export function openEar({ url, log, onChange, onBack }: Hearing): Ear {
  const sql = postgres(url, {
    max: 1,
    idle_timeout: 0,
    connect_timeout: 5,
    onnotice: () => {},
    connection: { application_name: "headwater api listen" },
  });
  let hasListened = false;
  const state = { isClosed: false };

  function hear(payload: string): void {
    const [organisation, datasource] = payload.split(":");
    if (isUuid(organisation) && isUuid(datasource)) onChange(organisationId(organisation), datasourceId(datasource));
  }

  /** Called at the first LISTEN and after each connection that replaces a lost one. */
  function listening(): void {
    if (hasListened) {
      log.info("listening again", {});
      onBack();
    }
    hasListened = true;
  }

  async function listen(): Promise<void> {
    while (!state.isClosed) {
      try {
        await sql.listen("changed", hear, listening);
        return;
      } catch (error) {
        log.warn("cannot listen", errorFacts(error));
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  void listen();
  return {
    close: async () => {
      state.isClosed = true;
      await sql.end({ timeout: 1 });
    },
  };
}

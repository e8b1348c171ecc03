/** The way to Temporal: its own configuration library, and sixty seconds of patience at the start. */
import { Client, Connection } from "@temporalio/client";
import type { DataConverter } from "@temporalio/common";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import { NativeConnection } from "@temporalio/worker";
import type { WorkerConfig } from "./config.ts";

const PATIENCE_MS = 60_000;
const AGAIN_MS = 500;

export interface TemporalWay {
  readonly native: NativeConnection;
  readonly connection: Connection;
  readonly client: Client;
  readonly namespace: string;
  readonly dataConverter: DataConverter | undefined;
  close(): Promise<void>;
}

export async function connectTemporal(
  { temporalEnvironment, namespace }: WorkerConfig,
  dataConverter: DataConverter | undefined,
): Promise<TemporalWay> {
  const { connectionOptions } = loadClientConnectConfig({ overrideEnvVars: { ...temporalEnvironment } });
  const native = await patiently(() => NativeConnection.connect(connectionOptions));
  const connection = await patiently(() => Connection.connect(connectionOptions));
  const options = { connection, namespace };
  const client = new Client(dataConverter === undefined ? options : { ...options, dataConverter });
  return {
    native,
    connection,
    client,
    namespace,
    dataConverter,
    async close() {
      await connection.close();
      await native.close();
    },
  };
}

async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

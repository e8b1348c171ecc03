/** The log of a worker process, with the same second wall against secrets as every other one. */
import { redacting } from "@headwater/connectors/outbound/log-redaction.ts";
import pino from "pino";
import type { DestinationStream, Logger } from "pino";

export const openWorkerLog = (kind: string, level: string, to: DestinationStream = pino.destination(1)): Logger =>
  pino({ level, base: { process: kind }, ...redacting }, to);

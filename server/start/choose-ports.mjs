// The app's port and the four after it; on whatever is free: the workers' health, the sandbox's SFTP, Temporal by HTTP.
import { freePorts, portIsFree } from "./ports.mjs";

/** @typedef {import('./config.mjs').StartConfig} StartConfig */
/** @typedef {import('./settings.mjs').Ports} Ports */

/** @param {StartConfig} config
 * @returns {Promise<Ports>} */
export async function choosePorts({ port }) {
  const [lifecycle = 0, load = 0, sftp = 0, temporalHttp = 0] = await freePorts(4);
  return {
    app: port,
    sandbox: port + 1,
    postgres: port + 2,
    temporal: port + 3,
    temporalUi: port + 4,
    temporalHttp,
    lifecycle,
    load,
    sftp,
  };
}

/** The sentences about ports that are needed and taken.
 * @param {StartConfig} config
 * @param {Ports} ports
 * @returns {Promise<string[]>} */
export async function busyPorts(config, ports) {
  const needed = [
    { port: ports.app, what: "the app", needed: true },
    { port: ports.sandbox, what: "the provider sandbox", needed: !config.production },
    { port: ports.postgres, what: "PostgreSQL", needed: !config.databaseUrl },
    { port: ports.temporal, what: "Temporal", needed: !config.temporalAddress },
    { port: ports.temporalUi, what: "Temporal's page", needed: !config.temporalAddress },
  ];
  const busy = [];
  for (const one of needed) {
    if (one.needed && !(await portIsFree(one.port)))
      busy.push(`Port ${one.port}, for ${one.what}, is taken by another program.`);
  }
  return busy;
}

// The platforms that the sandbox stands in for: a folder among the connectors and its twin under the sandbox. Their settings
// and routes follow from that; nothing is listed by hand.
import { createHmac } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "./places.mjs";

/** @typedef {{ clientId: string, clientSecret: string }} Client */

const twinOf = (/** @type {string} */ platform) => join(checkout, "test/sandbox", platform, "hosts.json");

const sandboxPlatforms = () =>
  readdirSync(join(checkout, "workflows/connectors"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(twinOf(entry.name)))
    .map(({ name }) => name)
    .toSorted();

const settingName = (/** @type {string} */ platform) => platform.toUpperCase().replaceAll("-", "_");

/** Our app at each platform: the one that is set, else one made up for the sandbox.
 * @param {Record<string, string | undefined>} env
 * @param {string} seed
 * @returns {Record<string, Client>} */
export const clientsFor = (env, seed) =>
  Object.fromEntries(
    sandboxPlatforms().map((platform) => {
      const made = (/** @type {string} */ use) => createHmac("sha256", seed).update(`${platform}.${use}`).digest("hex");
      const name = settingName(platform);
      return [
        platform,
        {
          clientId: env[`${name}_CLIENT_ID`] || made("id").slice(0, 32),
          clientSecret: env[`${name}_CLIENT_SECRET`] || made("secret"),
        },
      ];
    }),
  );

/** @param {Record<string, Client>} clients
 * @returns {Record<string, string>} */
export const clientSettings = (clients) =>
  Object.fromEntries(
    Object.entries(clients).flatMap(([platform, { clientId, clientSecret }]) => [
      [`${settingName(platform)}_CLIENT_ID`, clientId],
      [`${settingName(platform)}_CLIENT_SECRET`, clientSecret],
    ]),
  );

/** What is given wins over the sandbox for the hosts that it names. A host written `sftp:name` is served over SFTP.
 * @param {{ http: string, sftp: string }} sandbox
 * @param {Record<string, string>} given
 * @returns {Record<string, string>} */
export function routesTo(sandbox, given) {
  /** @type {string[]} */
  const hosts = sandboxPlatforms().flatMap((platform) => JSON.parse(readFileSync(twinOf(platform), "utf8")));
  const routes = hosts.map((host) =>
    host.startsWith("sftp:") ? [host.slice("sftp:".length), sandbox.sftp] : [host, sandbox.http],
  );
  return { ...Object.fromEntries(routes), ...given };
}

// Beginning anew asks first.
import { createInterface } from "node:readline/promises";

/** @param {{ dataDir: string }} places
 * @param {{ yes: boolean }} options
 * @returns {Promise<boolean>} */
export async function confirmReset({ dataDir }, { yes }) {
  if (yes) return true;
  if (!process.stdin.isTTY)
    throw new Error("--reset asks before it deletes; without a terminal say so with: npm start -- --reset --yes");
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await asking.question(
    `This deletes every datasource, number and key in ${dataDir}. Type "reset" to go on: `,
  );
  asking.close();
  return answer.trim() === "reset";
}

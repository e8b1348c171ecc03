// The SFTP side of the merchant's server: the same files, in the folder `/out`. It listens where it is told to, or once the
// desk asks for it.
import type { Clock } from "../clock.ts";
import { DeskRefusal } from "../desk/shop-actions.ts";
import type { Store } from "../store.ts";
import type { Given } from "../twin.ts";
import type { Files, ServedFile } from "./files.ts";
import { dayText } from "./ledger-seed.ts";
import type { SftpDouble } from "./sftp-double.ts";
import type { Misbehaviour, SftpGround } from "./sftp-ground.ts";

export const sftpDemo = { host: "sftp.costs.example", user: "demo", password: "demo-password" };
const KEY = "costsSftpKey";
const PUBLIC = "costsSftpUserKey";

export interface Sftp {
  look(): object;
  /** `changeKey`, `publicKey`, and the ways to misbehave; each stays until it is told otherwise, null ends it. */
  act(given: Given): Promise<object>;
  close(): Promise<void>;
}

const laidOf = ({ name, text, modifiedMs }: ServedFile) => ({ name, bytes: Buffer.from(text), modifiedMs });

export function openSftp(services: { store: Store; clock: Clock; files: Files; port: number | null }): Sftp {
  const { store, clock, files } = services;
  let opening: Promise<SftpDouble> | null = null;
  let double: SftpDouble | null = null;
  const ground = (port: number): SftpGround => ({
    ...sftpDemo,
    port,
    key: store.readSetting(KEY) ?? null,
    keepKey: (key) => store.writeSetting(KEY, key),
    get publicKey() {
      return store.readSetting(PUBLIC) ?? null;
    },
    files: () => files.all().map(laidOf),
    find: (name) => {
      const found = files.find(name);
      return found === null ? null : laidOf(found);
    },
    grow: (name) => {
      const text = files.find(name)?.text;
      if (text !== undefined)
        files.put(name, `${text}\n${dayText(Math.floor(clock.nowMs() / 86_400_000))},fixed,1,Grown`);
    },
  });
  const open = async (): Promise<SftpDouble> => {
    opening ??= import("./sftp-double.ts").then(({ openSftpDouble }) => openSftpDouble(ground(services.port ?? 0)));
    double = await opening;
    return double;
  };
  if (services.port !== null) open().catch((error: unknown) => process.stderr.write(`sftp: ${String(error)}\n`));
  const look = () =>
    double === null
      ? { origin: null }
      : {
          origin: `sftp://127.0.0.1:${double.port}`,
          hostKey: double.hostKey(),
          ways: double.ways,
          operations: double.operations,
          attempts: double.attempts,
        };
  return {
    look,
    async act(given) {
      const opened = await open();
      if (given["changeKey"] === true) opened.changeKey();
      if (typeof given["publicKey"] === "string") store.writeSetting(PUBLIC, given["publicKey"]);
      change(opened.ways, given);
      return look();
    },
    close: async () => (opening === null ? undefined : (await opening).close()),
  };
}

const names = ["growing", "drip", "hugeName", "hang", "closedFiles", "asksQuestions"] as const;

function change(ways: Misbehaviour, given: Given): void {
  for (const name of names) if (given[name] === null) delete ways[name];
  const { growing, drip, hugeName, hang, closedFiles, asksQuestions } = given;
  if (typeof growing === "string") ways.growing = growing;
  if (typeof hugeName === "number") ways.hugeName = hugeName;
  if (typeof hang === "boolean") ways.hang = hang;
  if (typeof closedFiles === "boolean") ways.closedFiles = closedFiles;
  if (typeof asksQuestions === "boolean") ways.asksQuestions = asksQuestions;
  if (typeof drip !== "object" || drip === null) return;
  if (!("bytes" in drip && "everyMs" in drip)) throw new DeskRefusal("drip is bytes and everyMs");
  ways.drip = { bytes: Number(drip.bytes), everyMs: Number(drip.everyMs) };
}

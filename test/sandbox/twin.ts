// What a stand-in for one platform is to the sandbox. A folder here with `hosts.json` and `twin.ts` is one: it is found by
// its folder, asked by its hosts, and shown on the desk; nothing registers it.
import type { Clock } from "./clock.ts";
import type { Client } from "./config.ts";
import type { FaultKind, FaultRule } from "./faults/rule.ts";
import type { Html } from "./html.ts";
import type { Answer, Incoming } from "./http.ts";
import type { Store } from "./store.ts";

export interface TwinAnswer extends Answer {
  /** What was asked for, for the ledger: `insights report`, never a secret. */
  readonly operation: string;
  /** Whose data, by the platform's own id; null where it is nobody's. */
  readonly account: string | null;
  /** Notes in the twin's ledger what was in the answer, once it has left. */
  readonly noteServed?: () => void;
}

export type Given = Readonly<Record<string, unknown>>;

export interface Twin {
  readonly platform: string;
  readonly title: string;
  owns(host: string): boolean;
  answer(incoming: Incoming): TwinAnswer | Promise<TwinAnswer>;
  /** GET `/_desk/<platform>/<path>`; null where there is nothing of that name. */
  look(path: readonly string[], query: URLSearchParams): object | null | Promise<object | null>;
  /** POST there. Throws `DeskRefusal` for what makes no sense. */
  act(path: readonly string[], given: Given): object | null | Promise<object | null>;
  /** Its part of the desk's page: accounts, demo keys, forms that post to `/_desk/<platform>/…`. */
  card(): Html;
  /** The platform's own way of saying `throttled`, `unauthorized`, `providerError`; null leaves it to the general one. */
  faultAnswer?(rule: FaultRule, incoming: Incoming): Answer | null;
  close(): void | Promise<void>;
}

export interface TwinServices {
  readonly store: Store;
  readonly clock: Clock;
  /** The app as it is registered there; null where none is. */
  readonly client: Client | null;
  readonly appUrl: string | null;
  /** Where the app declared its callbacks of this platform. */
  readonly webhookUrl: string | null;
  readonly live: "seeds" | "on" | "off";
  readonly seed: number;
  /** Where files are served over SFTP; null: nowhere until the desk asks for it. */
  readonly sftpPort: number | null;
  /** For work that is no request, such as a report that runs: the rule it meets, counted as hit. */
  faultFor(kinds: readonly FaultKind[], words: string): FaultRule | null;
}

export type OpenTwin = (services: TwinServices) => Twin;

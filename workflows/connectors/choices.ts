// What only a person can know of a source: which of several of its objects counts.
import type { PlatformId } from "./platforms.ts";

/** Declared by the connector; texts are `choice.<name>` and `choice.<name>.about`. */
export type Choice = {
  readonly name: string;
  /** Its days are read anew when somebody chooses otherwise. */
  readonly stream: string;
};

export type Option = {
  /** The source's own id. */
  readonly value: string;
  /** As the source calls it. */
  readonly label: string;
};

export type Offer = {
  readonly name: string;
  readonly options: readonly Option[];
  /** One of the options, while nobody has chosen; `connected` are the platforms connected beside this one. */
  readonly prefer: (connected: ReadonlySet<PlatformId>) => Promise<string>;
};

export interface Choices {
  /**
   * The option that counts: as somebody chose, else as is preferred, which stands from then on, so that what the source
   * gains later moves no number. Null where there is nothing to choose.
   */
  settle(offer: Offer): Promise<string | null>;
}

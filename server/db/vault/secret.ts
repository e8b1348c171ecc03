import { inspect } from "node:util";

/** A value that no log, error, JSON or template ever prints. The one way out is `reveal()`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** What may be shown of it. A short secret shows nothing: four characters of eight would be half of it. */
  lastFour(): string | null {
    return this.#value.length >= 16 ? this.#value.slice(-4) : null;
  }

  toJSON(): string {
    return "[secret]";
  }

  toString(): string {
    return "[secret]";
  }

  [inspect.custom](): string {
    return "[secret]";
  }
}

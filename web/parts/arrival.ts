/** A part of the app that did not come: the connection failed, or a newer version took its place. */
export class NotLoaded extends Error {
  /** Whoever needs it next asks for it anew. */
  readonly forget: () => void;
  /** This page can only ask for it at the address that has failed, which some browsers never do a second time. */
  readonly needsNewPage: boolean;

  constructor(forget: () => void, needsNewPage: boolean, cause: unknown) {
    super("A part of the app did not load.", { cause });
    this.forget = forget;
    this.needsNewPage = needsNewPage;
  }
}

export interface Arrival<T> {
  /** The same for all who ask, also where it failed: until somebody wants it tried again. */
  promise: () => Promise<T>;
  /** Comes before it is needed. Where that fails, nobody has missed it yet. */
  prefetch: () => void;
}

/** Both at once. Where both fail it is what the part needs that failed: tried again, all of it is asked for anew. */
export async function withNeeded<T>(part: Promise<T>, needed: Promise<void>): Promise<T> {
  const [needs] = await Promise.allSettled([needed, part]);
  if (needs.status === "rejected") throw needs.reason;
  return part;
}

const inMessage = /https?:\/\/\S+\.js/u;

export function arrivalOf<T>(
  load: () => Promise<T>,
  loadFrom: (address: string) => Promise<T> = (address) => import(/* @vite-ignore */ address),
): Arrival<T> {
  let coming: Promise<T> | null = null;
  let failures = 0;
  let address: string | null = null;
  const forget = (): void => void (coming = null);
  // What failed once is failed for good under its address: browsers do not ask for it again, so it gets another one.
  const ask = (): Promise<T> => (address === null ? load() : loadFrom(`${address}?again=${failures}`));
  const promise = (): Promise<T> =>
    (coming ??= ask().catch((cause: unknown) => {
      failures += 1;
      address ??= cause instanceof Error ? (inMessage.exec(cause.message)?.[0] ?? null) : null;
      throw new NotLoaded(forget, cause instanceof NotLoaded ? cause.needsNewPage : address === null, cause);
    }));
  return { promise, prefetch: () => void promise().catch(forget) };
}

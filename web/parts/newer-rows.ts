type Named = { readonly id: string };

/** Of a list with the newest first: how many came above all that were shown. Where none of those is left it is another list. */
export function newerThan(shown: ReadonlySet<string>, rows: readonly Named[]): number {
  return Math.max(
    0,
    rows.findIndex(({ id }) => shown.has(id)),
  );
}

interface Sight {
  /** Where the list begins, from the top of what is seen. */
  readonly top: number;
  readonly hasOpen: boolean;
  readonly hasFocus: boolean;
}

/** Then what is put above its rows would move what somebody has before them. */
export const isBeingRead = ({ top, hasOpen, hasFocus }: Sight): boolean => top < 0 || hasOpen || hasFocus;

/** Why a file that was given did not go on its way. */
export type WhyNot = "tooLarge" | "oneAtATime";

export interface LeftFile {
  readonly filename: string;
  readonly because: WhyNot;
}

interface GivenFile {
  readonly name: string;
  readonly size: number;
}

interface Room {
  /** Another one is on its way. */
  readonly busy: boolean;
  /** The largest file that is taken. */
  readonly megabytes: number;
}

const megabyte = 1024 * 1024;

/** The first that may be taken goes; of each other one it is told why it did not. */
export function sortGiven<F extends GivenFile>(
  files: readonly F[],
  { busy, megabytes }: Room,
): { readonly taken: F | null; readonly left: readonly LeftFile[] } {
  const fits = ({ size }: GivenFile): boolean => size <= megabytes * megabyte;
  const taken = busy ? null : (files.find(fits) ?? null);
  const left = files
    .filter((file) => file !== taken)
    .map((file) => ({ filename: file.name, because: fits(file) ? ("oneAtATime" as const) : ("tooLarge" as const) }));
  return { taken, left };
}

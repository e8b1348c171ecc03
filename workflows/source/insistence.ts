/**
 * A key that cannot be renewed may be refused by mistake, so it is shown once more before anybody is asked to act. One call
 * shows it for all that hold it: a dead key costs a call for each that was under way, and one more.
 */
const BELIEVED_MS = 30_000;

interface Trial {
  readonly verdict: Promise<boolean>;
  readonly settle: (isAccepted: boolean) => void;
  /** When it was found to be dead; null while it is being shown. */
  refusedAt: number | null;
}

const trials = new Map<string, Trial>();

/** `show`: by the caller, who then settles it. Else what another caller was told of it. */
export async function afterRefusal(credential: string): Promise<"show" | "accepted" | "refused"> {
  const known = trials.get(credential);
  const isOld = known !== undefined && known.refusedAt !== null && Date.now() - known.refusedAt > BELIEVED_MS;
  if (known !== undefined && !isOld) return (await known.verdict) ? "accepted" : "refused";
  if (trials.size > 10_000) trials.clear();
  const { promise: verdict, resolve: settle } = Promise.withResolvers<boolean>();
  trials.set(credential, { verdict, settle, refusedAt: null });
  return "show";
}

/** What nobody knows, an answer that never came, counts as accepted: each who waits tries for itself. */
export function settleRefusal(credential: string, isAccepted: boolean): void {
  const trial = trials.get(credential);
  if (trial === undefined) return;
  if (isAccepted) trials.delete(credential);
  else trial.refusedAt = Date.now();
  trial.settle(isAccepted);
}

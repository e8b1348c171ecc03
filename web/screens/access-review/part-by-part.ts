import { inTurn } from "../../parts/in-turn.ts";

/** Of what is sent as a whole one part is asked for at a time: what is asked while another is on its way keeps what that one changed. */
export function partByPart<Whole extends object>() {
  const turn = inTurn();
  let sent: Whole | null = null;
  return async <Outcome extends { readonly ok: boolean }>(
    stands: Whole,
    part: Partial<Whole>,
    send: (whole: Whole) => Promise<Outcome>,
  ): Promise<{ outcome: Outcome; whole: Whole; isLast: boolean }> => {
    const { result, isLast } = await turn(async () => {
      const asked = { ...(sent ?? stands), ...part };
      const outcome = await send(asked);
      if (outcome.ok) sent = asked;
      return { outcome, whole: asked };
    });
    if (isLast) sent = null;
    return { ...result, isLast };
  };
}

import { useState } from "react";
import type { TypedDocumentNode } from "urql";
import { type AnyVariables, useClient } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { useOnce } from "../../parts/use-once.ts";
import type { Told } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import type { Correction } from "./corrections.ts";
import {
  ConfirmUploadMutation,
  DiscardUploadMutation,
  type Mode,
  SetMappingMutation,
  StartUploadMutation,
  type Taken,
  UndoTakesQuery,
  UndoUploadMutation,
} from "./files.documents.ts";
import { putFile, sha256Of } from "./send-file.ts";

export type Sending =
  | { kind: "idle" }
  | { kind: "reading"; filename: string }
  | { kind: "sending"; filename: string; percent: number }
  | { kind: "failed"; filename: string; problem: Told | null }
  | { kind: "beyondBrowser"; filename: string };

/** One file on its way from this browser; what becomes of it is told by its row. */
export function useSend(datasource: string, onSent: () => void) {
  const client = useClient();
  const [sending, setSending] = useState<Sending>({ kind: "idle" });
  const give = async (file: File, mode: Mode): Promise<void> => {
    const filename = file.name;
    setSending({ kind: "reading", filename });
    const read = await sha256Of(file);
    if (!read.ok)
      return setSending(
        read.because === "gone" ? { kind: "failed", filename, problem: null } : { kind: "beyondBrowser", filename },
      );
    const { sha256 } = read;
    const outcome = await send(client, StartUploadMutation, {
      input: {
        datasource,
        filename,
        size: String(file.size),
        sha256,
        mode,
        idempotencyKey: newIdempotencyKey(),
      },
    });
    if (!outcome.ok) return setSending({ kind: "failed", filename, problem: outcome.problem });
    if (outcome.result.__typename !== "StartUploadSuccess")
      return setSending({ kind: "failed", filename, problem: null });
    setSending({ kind: "sending", filename, percent: 0 });
    const sent = await putFile(outcome.result.putUrl, file, (percent) =>
      setSending({ kind: "sending", filename, percent }),
    );
    setSending(sent.ok ? { kind: "idle" } : { kind: "failed", filename, problem: null });
    onSent();
  };
  return { sending, give: (...given: Parameters<typeof give>) => void give(...given) };
}

type Answer = { __typename: string; message?: string };

/** What a person may do with a file that waits, or that was taken. */
export function useUpload(id: string, onDone: () => void) {
  const client = useClient();
  const { busy, once } = useOnce();
  const [problem, setProblem] = useState<Told | null>(null);
  const [isTaking, setTaking] = useState(false);
  const tell = async <V extends AnyVariables>(
    document: TypedDocumentNode<{ result: Answer }, V>,
    variables: V,
    takes = false,
  ): Promise<boolean> => {
    setProblem(null);
    setTaking(takes);
    const outcome = await send(client, document, variables);
    if (!outcome.ok) {
      setProblem(outcome.problem);
      setTaking(false);
    }
    onDone();
    return outcome.ok;
  };
  const ask = <V extends AnyVariables>(...asked: Parameters<typeof tell<V>>): void =>
    once(async () => void (await tell(...asked)));
  const readUndoTakes = async (): Promise<readonly Taken[] | null> => {
    const { data } = await client.query(UndoTakesQuery, { id }, { requestPolicy: "network-only" });
    if (data?.node?.__typename === "Upload") return data.node.undoTakes;
    setProblem({ code: "UNREACHABLE" });
    return null;
  };
  const base = () => ({ upload: id, idempotencyKey: newIdempotencyKey() });
  return {
    busy,
    problem,
    /** What was last asked is that it counts. */
    isTaking,
    confirm: (taking: Taking) => ask(ConfirmUploadMutation, { input: { ...base(), ...taking } }, true),
    discard: () => ask(DiscardUploadMutation, { input: base() }),
    /** What goes with it, as it stands by now; null where that could not be read. */
    readUndoTakes: () => {
      setProblem(null);
      return readUndoTakes();
    },
    /** `then` is told what is still to be looked at: another may have been taken since. */
    undo: (seen: readonly Taken[], then: (takes: readonly Taken[]) => void) =>
      once(async () => {
        const input = { ...base(), takes: seen.map((one) => one.id) };
        then((await tell(UndoUploadMutation, { input })) ? [] : ((await readUndoTakes()) ?? []));
      }),
    map: (answers: MappingAnswers) => ask(SetMappingMutation, { input: { ...base(), ...answers } }),
  };
}

export interface Taking {
  goodRowsOnly: boolean;
  confirmText: string | null;
  expectedTotals: { currency: string; amount: string }[];
  acceptDifference: boolean;
}

export interface MappingAnswers {
  targets?: { header: string; target: string }[];
  dateOrders?: { header: string; order: string }[];
  decimal?: string;
  encoding?: string;
  costType?: string;
  addUpTwins?: boolean;
  corrections?: Correction[];
  mode?: Mode;
}

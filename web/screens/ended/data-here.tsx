import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import { useNow } from "../../parts/time.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { type DataState, dataStateOf, mayDelete } from "./data-state.ts";
import type { Ended } from "./ended.documents.ts";

/** What became of its data: in the list of those disconnected, and on its own page. */
export function DataHere({ ended }: { ended: Ended }) {
  const state = dataStateOf(ended, useNow());
  const { why } = mayDelete(ended);
  return (
    <>
      <p className="sm">
        <Sentence ended={ended} state={state} />
      </p>
      {state === "kept" && why && <p className="xs faint">{why}</p>}
    </>
  );
}

function Sentence({ ended, state }: { ended: Ended; state: DataState }) {
  const format = useFormat();
  const { rowsTotal, undoUntil, deletesDataAt, dataDeletedAt } = ended;
  const by = ended.deletesDataBy?.name;
  const rows = format.count(rowsTotal);
  if (state === "deleted") {
    const when = dataDeletedAt ? format.whenWithin(dataDeletedAt) : "";
    return by ? (
      <Trans>
        Its data was deleted {when}, as {by} chose.
      </Trans>
    ) : (
      <Trans>Its data was deleted {when}.</Trans>
    );
  }
  if (state === "deleting") {
    const since = deletesDataAt ? format.whenWithin(deletesDataAt) : "";
    return by ? (
      <Trans>
        Its data is being deleted: this began {since}, as {by} chose.
      </Trans>
    ) : (
      <Trans>Its data is being deleted: this began {since}.</Trans>
    );
  }
  const until = undoUntil ? format.time(undoUntil) : "";
  if (state === "undoable")
    return deletesDataAt ? (
      <Trans>Its data is deleted at {until} unless the disconnect is undone.</Trans>
    ) : (
      <Trans>Its data is kept. The disconnect can be undone until {until}.</Trans>
    );
  return (
    <Plural
      value={Number(rowsTotal)}
      one={`Its data is kept: ${rows} row.`}
      other={`Its data is kept: ${rows} rows.`}
    />
  );
}

/** The page of the datasource asks what goes, and for its name. */
export function DeleteLink({ ended }: { ended: Ended }) {
  const { organisation } = usePlace();
  const state = dataStateOf(ended, useNow());
  const { id, name } = ended;
  if (state !== "kept" || !mayDelete(ended).isAllowed) return null;
  return (
    <Link className="btn s" href={to.asking(organisation.slug, id, "delete")}>
      <Trans>Delete its data…</Trans>
      <span className="vh">, {name}</span>
    </Link>
  );
}

import { Trans } from "@lingui/react/macro";
import { Link } from "wouter";
import { accountOf } from "../../live/account-line.ts";
import { Glyph } from "../../parts/glyph.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import type { Pages } from "../../parts/use-pages.ts";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { DataHere, DeleteLink } from "../ended/data-here.tsx";
import { DisconnectedBy } from "../ended/disconnected-by.tsx";
import type { Ended } from "../ended/ended.documents.ts";
import { useEndedNow } from "./use-ended.ts";

/** What was disconnected, with what became of its data. */
export function EndedList({ pages: { rows, error, again, more } }: { pages: Pages<unknown, Ended> }) {
  if (rows === null)
    return error ? (
      <LoadFailed error={error} onRetry={again} what={<Trans>What was disconnected could not be read.</Trans>} />
    ) : (
      <Skeleton>
        <span className="fade wide" />
      </Skeleton>
    );
  if (rows.length === 0)
    return (
      <p className="none sm dim">
        <Trans>Nothing was disconnected yet. What is disconnected stays here, with what became of its data.</Trans>
      </p>
    );
  return (
    <>
      <ul className="being">
        {rows.map((ended) => (
          <EndedRow key={ended.id} listed={ended} />
        ))}
      </ul>
      {more && (
        <button type="button" className="more" onClick={more}>
          <Trans>Load more</Trans>
        </button>
      )}
    </>
  );
}

function EndedRow({ listed }: { listed: Ended }) {
  const { organisation } = usePlace();
  const ended = useEndedNow(listed);
  const { id, name, platform } = ended;
  return (
    <li>
      <Glyph title={platform.title} category={platform.category} />
      <div className="grow">
        <Link href={to.datasource(organisation.slug, id)}>
          <b>{name}</b>
        </Link>{" "}
        <span className="xs faint" translate="no">
          {accountOf(ended)}
        </span>
        <DataHere ended={ended} />
        <DisconnectedBy ended={ended} />
      </div>
      <DeleteLink ended={ended} />
    </li>
  );
}

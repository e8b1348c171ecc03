import { Trans } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { useCommands } from "../commands/use-commands.ts";
import { timelineKey } from "../detail/timeline-key.ts";
import { useRefresh } from "../../live/use-refresh.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { DropZone } from "./drop-zone.tsx";
import { Feeds } from "./feeds.tsx";
import { type Feed, FilesQuery, type Template, type Upload } from "./files.documents.ts";
import { Review } from "./review.tsx";
import { useEnds } from "./use-ends.ts";
import { useSend } from "./use-files.ts";
import { forgetDraftsOf } from "../../shell/use-draft.ts";
import { Versions } from "./versions.tsx";
import { moves, waits } from "./words.ts";
import "./files.css";

const pageSize = 20;
/** What is being read shows how far it is. */
const askEveryMs = 2_000;

export function FilesTab({ datasource }: { datasource: LiveDatasource }) {
  const { data, rows, error, again, more } = usePages(
    FilesQuery,
    { id: datasource.id, first: pageSize },
    (read) => read.datasource?.uploads,
  );
  useRefresh(`${timelineKey(datasource)}|${datasource.currentRun?.id ?? ""}|${datasource.lastSuccessAt ?? ""}`, again);
  const isMoving = rows?.some((upload) => moves(upload) && upload.reason === null) ?? false;
  const latest = useRef(again);
  useEffect(() => {
    latest.current = again;
  });
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => latest.current(), askEveryMs);
    return () => clearInterval(timer);
  }, [isMoving]);
  const failed = error && (
    <LoadFailed error={error} onRetry={again} what={<Trans>The files could not be read.</Trans>} />
  );
  if (rows === null || !data?.datasource)
    return (
      failed ?? (
        <Skeleton>
          <div className="card skmap" />
        </Skeleton>
      )
    );
  return (
    <>
      {failed}
      <FilesView
        datasource={datasource}
        uploads={rows}
        feeds={data.datasource.feeds}
        templates={data.uploadTemplates}
        megabytes={data.uploadMegabytes}
        onChanged={again}
        onMore={more}
      />
    </>
  );
}

interface FilesViewProps {
  datasource: LiveDatasource;
  uploads: readonly Upload[];
  feeds: readonly Feed[];
  templates: readonly Template[];
  megabytes: number;
  onChanged: () => void;
  onMore: (() => void) | null;
}

const none: readonly Upload[] = [];

/**
 * Whoever may decide has it before them, also while it is read again, and not a second time in the list. So has who gave a
 * file that another word on its columns may save; of earlier ones, those that they ask for.
 */
function useAsked(uploads: readonly Upload[]) {
  const [before, setBefore] = useState<readonly string[]>([]);
  const asked = uploads.filter(
    (upload, at) =>
      waits(upload) || (upload.canMap && at === 0) || ((upload.canMap || moves(upload)) && before.includes(upload.id)),
  );
  const now = asked.map(({ id }) => id);
  if (now.join() !== before.join()) setBefore(now);
  const [askedFor, setAskedFor] = useState<string | null>(null);
  const ask = (id: string): void => {
    setBefore([...now, id]);
    setAskedFor(id);
  };
  return { asked, askedFor, ask };
}

/** What was typed about a file goes with its end, whoever brought that about. */
function useForgotten(uploads: readonly Upload[]): void {
  const { me, organisation } = usePlace();
  useEffect(() => {
    for (const upload of uploads)
      if (!waits(upload) && !moves(upload) && !upload.canMap)
        forgetDraftsOf({ person: me.id, organisation: organisation.id, of: upload.id });
  }, [uploads, me.id, organisation.id]);
}

/** What waits for somebody first, then the way to give another, then all that was given. */
function FilesView({ datasource, uploads, feeds, templates, megabytes, onChanged, onMore }: FilesViewProps) {
  const commands = useCommands(datasource);
  const { sending, give } = useSend(datasource.id, onChanged);
  const mayUpload = commands.may("UPLOAD");
  const { asked, askedFor, ask } = useAsked(mayUpload ? uploads : none);
  useEnds(uploads, asked);
  useForgotten(uploads);
  const others = uploads.filter((upload) => !asked.includes(upload));
  // Where all that was given waits above, there is nothing to list, and nothing is missing.
  const isListed = others.length > 0 || asked.length === 0 || onMore !== null;
  return (
    <div className="stack">
      {asked.map((upload) => (
        <Review
          key={upload.id}
          upload={upload}
          name={datasource.name}
          moved={timelineKey(datasource)}
          takesFocus={upload.id === askedFor}
          onChanged={onChanged}
        />
      ))}
      {mayUpload ? (
        <DropZone sending={sending} templates={templates} megabytes={megabytes} onGive={give} />
      ) : (
        <p className="sm dim">{commands.whyNot("UPLOAD")}</p>
      )}
      {isListed && (
        <Versions uploads={others} mayUpload={mayUpload} onMap={ask} onChanged={onChanged} onMore={onMore} />
      )}
      <Feeds datasource={datasource.id} feeds={feeds} mayManage={commands.may("RENAME")} onChanged={onChanged} />
    </div>
  );
}

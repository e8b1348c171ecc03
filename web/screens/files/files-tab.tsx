import { Trans } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { useQuery } from "urql";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { useCommands } from "../commands/use-commands.ts";
import { timelineKey } from "../detail/timeline-key.ts";
import { useRefresh } from "../detail/use-refresh.ts";
import { DropZone } from "./drop-zone.tsx";
import { Feeds } from "./feeds.tsx";
import { type Files, FilesQuery, type Template } from "./files.documents.ts";
import { Review } from "./review.tsx";
import { useSend } from "./use-files.ts";
import { Versions } from "./versions.tsx";
import { moves, waits } from "./words.ts";
import "./files.css";

const pageSize = 20;
const most = 100;
/** What is being read shows how far it is. */
const askEveryMs = 2_000;

export function FilesTab({ datasource }: { datasource: LiveDatasource }) {
  const [first, setFirst] = useState(pageSize);
  const [{ data, error }, refresh] = useQuery({
    query: FilesQuery,
    variables: { id: datasource.id, first },
    requestPolicy: "cache-and-network",
  });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  useRefresh(`${timelineKey(datasource)}|${datasource.currentRun?.id ?? ""}|${datasource.lastSuccessAt ?? ""}`, again);
  const isMoving = data?.datasource?.uploads.nodes.some(moves) ?? false;
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => refresh({ requestPolicy: "network-only" }), askEveryMs);
    return () => clearInterval(timer);
  }, [isMoving, refresh]);
  if (!data?.datasource)
    return error ? (
      <LoadFailed error={error} onRetry={again} what={<Trans>The files could not be read.</Trans>} />
    ) : (
      <Skeleton>
        <div className="card skmap" />
      </Skeleton>
    );
  return (
    <FilesView
      datasource={datasource}
      files={data.datasource}
      templates={data.uploadTemplates}
      onChanged={again}
      onMore={data.datasource.uploads.pageInfo.hasNextPage && first < most ? () => setFirst(most) : null}
    />
  );
}

interface FilesViewProps {
  datasource: LiveDatasource;
  files: Files;
  templates: readonly Template[];
  onChanged: () => void;
  onMore: (() => void) | null;
}

/** What waits for somebody first, then the way to give another, then all that was given. */
export function FilesView({ datasource, files, templates, onChanged, onMore }: FilesViewProps) {
  const commands = useCommands(datasource);
  const { sending, give } = useSend(datasource.id, onChanged);
  const mayUpload = commands.may("UPLOAD");
  const uploads = files.uploads.nodes;
  const waiting = uploads.filter(waits);
  return (
    <div className="stack">
      {mayUpload &&
        waiting.map((upload) => (
          <Review key={upload.id} upload={upload} name={datasource.name} onChanged={onChanged} />
        ))}
      {mayUpload ? (
        <DropZone sending={sending} templates={templates} onGive={give} />
      ) : (
        <p className="sm dim">{commands.whyNot("UPLOAD")}</p>
      )}
      <Versions uploads={uploads} mayUndo={mayUpload} onChanged={onChanged} onMore={onMore} />
      <Feeds datasource={datasource.id} feeds={files.feeds} mayManage={commands.may("RENAME")} onChanged={onChanged} />
    </div>
  );
}

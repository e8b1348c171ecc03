import { useLingui } from "@lingui/react/macro";
import { useEffect, useRef } from "react";
import { announce } from "../../parts/announcer.tsx";
import type { Upload } from "./files.documents.ts";

/** Tells whoever cannot see the list what became of a file in it; one that stands before them tells it of itself. */
export function useEnds(uploads: readonly Upload[], asked: readonly Upload[]): void {
  const { t } = useLingui();
  const known = useRef<ReadonlyMap<string, Upload["state"]>>(new Map());
  useEffect(() => {
    const before = known.current;
    known.current = new Map([...before, ...uploads.map(({ id, state }) => [id, state] as const)]);
    for (const upload of uploads) {
      const was = before.get(upload.id);
      if (was === undefined || was === upload.state || asked.includes(upload)) continue;
      const ends: Partial<Record<Upload["state"], string>> = {
        COMMITTED: t`${upload.filename} is taken`,
        UNCHANGED: t`${upload.filename} is the same as before`,
        REJECTED: upload.canMap ? t`${upload.filename} waits for its columns` : t`${upload.filename} was refused`,
        DISCARDED: t`${upload.filename} is put aside`,
        UNDONE: t`${upload.filename} is undone`,
      };
      const end = ends[upload.state];
      if (end) announce(end);
    }
  }, [uploads, asked, t]);
}

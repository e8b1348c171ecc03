import { Trans } from "@lingui/react/macro";
import { Ago } from "../../parts/time.tsx";

interface LastUsedProps {
  syncedAt: string | null;
  openedAt: string | null;
}

/** What tells whether an app is used: when it last brought something, and when somebody last opened its page. */
export function LastUsed({ syncedAt, openedAt }: LastUsedProps) {
  return (
    <>
      {syncedAt ? (
        <Trans>
          last synced <Ago at={syncedAt} />
        </Trans>
      ) : (
        <Trans>not synced yet</Trans>
      )}{" "}
      ·{" "}
      <span className="together">
        {openedAt ? (
          <Trans>
            page last opened <Ago at={openedAt} />
          </Trans>
        ) : (
          <Trans>no opening of its page on record</Trans>
        )}
      </span>
    </>
  );
}

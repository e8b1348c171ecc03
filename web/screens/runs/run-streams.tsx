import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { Records } from "../../parts/rows.tsx";
import type { RunStream } from "../detail/detail.documents.ts";
import { FailureLine } from "../detail/failure-line.tsx";

const states: Record<RunStream["state"], { word: MessageDescriptor; icon: IconName; look: string }> = {
  QUEUED: {
    word: msg({ message: "Queued", comment: "state of a stream within a run" }),
    icon: "dashed",
    look: "faint",
  },
  RUNNING: { word: msg({ message: "Reading", comment: "state of a stream within a run" }), icon: "sync", look: "flow" },
  DONE: { word: msg({ message: "Done", comment: "state of a stream within a run" }), icon: "tick", look: "good" },
  FAILED: { word: msg({ message: "Failed", comment: "state of a stream within a run" }), icon: "cross", look: "bad" },
};

/** What became of each stream, whatever the others did. */
export function RunStreams({ streams }: { streams: readonly RunStream[] }) {
  const { t } = useLingui();
  const format = useFormat();
  return (
    <section className="runstreams" aria-label={t`Stream by stream`}>
      <ul className="slices sm">
        {streams.map((each) => {
          const { word, icon, look } = states[each.state];
          const isShort =
            each.announced !== null && each.state === "DONE" && BigInt(each.announced) > BigInt(each.read);
          return (
            <li key={each.stream}>
              <span className={look}>
                <Icon name={icon} />
              </span>
              <b>{each.title}</b>
              <span className="num dim">
                {t(word)}
                {each.slices > 1 && (
                  <>
                    {" · "}
                    <Trans>
                      {format.count(each.slicesDone)} of {format.count(each.slices)} slices
                    </Trans>
                  </>
                )}
                {each.slicesFailed > 0 && (
                  <span className="bad">
                    {" · "}
                    <Plural value={each.slicesFailed} one="# given up" other="# given up" />
                  </span>
                )}
              </span>
              <span className={isShort ? "num bad" : "num"}>
                <Records count={each.read} />
                {isShort && each.announced !== null && (
                  <span className="xs block">
                    <Trans>of {format.count(each.announced)} announced</Trans>
                  </span>
                )}
              </span>
              <span className="num faint">
                <Plural value={each.attempts} one="# attempt" other="# attempts" />
                {each.rejected !== "0" && (
                  <span className="warn">
                    {" · "}
                    <Trans>{format.count(each.rejected)} rejected</Trans>
                  </span>
                )}
              </span>
              {each.failure && <FailureLine failure={each.failure} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

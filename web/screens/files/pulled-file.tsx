import { useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import type { RunAttempt } from "../detail/detail.documents.ts";
import { Counts } from "./versions.tsx";
import { moves, states } from "./words.ts";

/** A file that a pull brought: how far it is, and what it did. */
export function PulledFile({ file }: { file: RunAttempt["uploads"][number] }) {
  const { t } = useLingui();
  const format = useFormat();
  const { filename, percent, state } = file;
  const { word, icon, look } = states[state];
  return (
    <div className="pulled">
      <p>
        <b className="anywhere" translate="no">
          {filename}
        </b>{" "}
        <span className={`st ${look}`}>
          <Icon name={icon} />
          {t(word)}
          {moves(file) && percent > 0 && ` ${format.percent(percent)}`}
        </span>
      </p>
      <Counts upload={file} />
    </div>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { Dialog, DialogHead } from "../parts/dialog.tsx";
import { setPreferences, usePreferences } from "../preferences.ts";
import { usePlace } from "./organisation.tsx";

export function HelpDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const { shortcuts } = usePreferences();
  const { organisation } = usePlace();
  const rows: readonly (readonly [string, string])[] = [
    ["⌘K Ctrl+K", t`Search or jump to`],
    ["g d", t`Open the DATA panel`],
    ["g o", t`Go to Brand Overview`],
    ["g s", t`Go to Datasources`],
    ["c", t`Connect a datasource`],
    ["/", t`Search the catalog`],
    ["j k", t`Next and previous row`],
    ["f", t`Datasources: which are shown`],
    ["t y w m", t`Overview: yesterday, 7 days, 28 days, month to date`],
    ["1–6", t`Datasource: its tabs`],
    ["s", t`Datasource: sync now`],
    ["m", t`Datasource: its days, in the map`],
    [".", t`Datasource: more actions`],
    ["k r o x", t`Access review: keep, reduce, rotate, revoke`],
    ["?", t`This list`],
  ];
  return (
    <Dialog className="dlg narrow" labelledBy="help-title" onClose={onClose}>
      <DialogHead id="help-title" onClose={onClose}>
        <Trans>Help and shortcuts</Trans>
      </DialogHead>
      <div className="b">
        <ul className="ls">
          {rows.map(([keys, what]) => (
            <li key={keys}>
              <span>{what}</span>
              <span className="keys">
                {keys.split(" ").map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </span>
            </li>
          ))}
        </ul>
        <label className="row sm">
          <input
            type="checkbox"
            className="chk"
            checked={shortcuts}
            onChange={(event) => setPreferences({ shortcuts: event.target.checked })}
          />
          <Trans>Use shortcuts of one letter</Trans>
        </label>
        {organisation.supportUrl && (
          <p className="sm dim">
            <Trans>
              Still stuck? <a href={organisation.supportUrl}>Contact support</a>
            </Trans>
          </p>
        )}
      </div>
    </Dialog>
  );
}

import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useRef } from "react";
import { useLive } from "../../live/live.tsx";
import type { LiveState } from "../../live/live-store.ts";
import { Icon } from "../../parts/icon.tsx";
import { CardBoundary } from "../../parts/failure.tsx";
import { chosenFrom, shows } from "../../routes.ts";
import { SendRequest } from "../../shell/ask.tsx";
import { useAdmins } from "../../shell/not-yours.tsx";
import { useMay, usePlace } from "../../shell/organisation.tsx";
import { PageHeading, usePageTitle } from "../../shell/page.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { Catalog } from "./catalog.tsx";
import { ConnectedTable } from "./connected-table.tsx";
import { Notices } from "./notices.tsx";
import "./datasources.css";

/** See what is connected, what needs someone, add more. `search`: what is chosen in it, as its address has it. */
export function DatasourcesPage({ search }: { search: string }) {
  const { t } = useLingui();
  const { organisation } = usePlace();
  const field = useRef<HTMLInputElement>(null);
  const mayConnect = useMay("CONNECT_DATASOURCE");
  const toCatalog = (): void => {
    field.current?.focus();
    field.current?.scrollIntoView({ block: "center" });
  };
  usePageTitle(t`Datasources`);
  useShortcuts({ Slash: toCatalog, KeyC: toCatalog });
  return (
    <>
      <div className="ph">
        <div>
          <PageHeading>
            <Trans>Datasources</Trans>
          </PageHeading>
          <p className="dim">
            <Trans>What feeds {organisation.name}. Access is read-only; nothing is ever changed at a source.</Trans>
          </p>
        </div>
        <div className="acts">
          {!organisation.isSample && <SlotMeter />}
          {mayConnect && (
            <button type="button" className="btn pri" onClick={toCatalog} aria-label={t`Connect a datasource`}>
              <Icon name="plus" />
              <span className="lg">
                <Trans>Connect a datasource</Trans>
              </span>
              <span className="sh">
                <Trans comment="short button on phones">Connect</Trans>
              </span>
            </button>
          )}
        </div>
      </div>
      {!mayConnect && <AskAdmins />}
      <Notices />
      <CardBoundary what={<Trans>The list of connected datasources could not be shown.</Trans>}>
        <ConnectedTable show={chosenFrom(search, "show", shows)} />
      </CardBoundary>
      <CardBoundary what={<Trans>The catalog could not be shown.</Trans>}>
        <Catalog search={search} searchRef={field} />
      </CardBoundary>
    </>
  );
}

/** Each holds a slot already, and stands in no list of what is connected. */
const countConnecting = ({ byId }: LiveState): number =>
  [...byId.values()].filter(
    ({ connection, disconnectedAt, takesSlot }) => connection === null && disconnectedAt === null && takesSlot,
  ).length;

export function SlotMeter() {
  const { t } = useLingui();
  const { organisation: atStart } = usePlace();
  const { slots } = useLive((state) => state.organisation) ?? atStart;
  const connecting = useLive(countConnecting);
  const { used, allowance } = slots;
  if (allowance === null)
    return (
      <span className="usage">
        <Plural value={used} one="# connected app" other="# connected apps" />
      </span>
    );
  const label =
    connecting > 0
      ? t`${used} of ${allowance} connected apps used, ${connecting} being connected`
      : t`${used} of ${allowance} connected apps used`;
  return (
    <span className="usage" role="img" aria-label={label}>
      <span className="slots" aria-hidden="true">
        {Array.from({ length: Math.min(allowance, 25) }, (_, n) => (
          <i key={n} className={n < used ? "" : "o"} />
        ))}
      </span>
      <span aria-hidden="true">
        <Trans>
          <b className="num">
            {used} of {allowance}
          </b>{" "}
          connected apps
        </Trans>
        {connecting > 0 && (
          <span className="xs faint block">
            <Plural value={connecting} one="# being connected" other="# being connected" />
          </span>
        )}
      </span>
    </span>
  );
}

/** No dead grey button: one line says who can. */
function AskAdmins() {
  const names = useAdmins();
  if (names === "") return null;
  return (
    <p className="sm dim ask">
      <Trans>Admins can connect and repair datasources. Ask {names}.</Trans> <SendRequest about="CONNECT" />
    </p>
  );
}

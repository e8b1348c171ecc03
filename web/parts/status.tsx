import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../language.tsx";
import type { LiveDatasource } from "../live/live.documents.ts";
import { Icon, type IconName } from "./icon.tsx";
import { share } from "./size.ts";

type Connection = NonNullable<LiveDatasource["connection"]>;
type DataSync = NonNullable<LiveDatasource["dataSync"]>;

interface Look {
  readonly word: MessageDescriptor;
  readonly icon: IconName;
  readonly look: string;
}

/** Healthy is quiet; what needs a person gets a ground. The icon's shape differs for every value. */
const connectionLooks: Record<"connected" | "ending" | "dead", Look> = {
  connected: { word: msg({ message: "Connected", comment: "connection status" }), icon: "tick", look: "ok" },
  ending: { word: msg({ message: "Reauthorize", comment: "connection status" }), icon: "warning", look: "pill warnp" },
  dead: { word: msg({ message: "Reauthorize", comment: "connection status" }), icon: "broken", look: "pill badp" },
};

const syncLooks: Record<Exclude<DataSync["status"], "FETCHING_HISTORICAL_DATA">, Look> = {
  ACTIVE: { word: msg({ message: "Active", comment: "data sync status" }), icon: "pulse", look: "ok" },
  INACTIVE: { word: msg({ message: "Inactive", comment: "data sync status" }), icon: "pause", look: "pill idlep" },
  NOT_SYNCED: { word: msg({ message: "Not synced", comment: "data sync status" }), icon: "dashed", look: "" },
};

function connectionLook({ status, isDead }: Pick<Connection, "status" | "isDead">): keyof typeof connectionLooks {
  if (status === "CONNECTED") return "connected";
  return isDead ? "dead" : "ending";
}

export function ConnectionStatus({ connection, plain = false }: { connection: Connection; plain?: boolean }) {
  const { t } = useLingui();
  const kind = connectionLook(connection);
  const { word, icon, look } = connectionLooks[kind];
  if (!plain) return <Status icon={icon} look={look} word={t(word)} />;
  const disconnected = kind === "dead";
  return (
    <span className={kind === "connected" ? "okc" : disconnected ? "bad" : "warn"}>
      <Icon name={icon} />
      {disconnected ? <Trans comment="connection status in the DATA panel">Disconnected</Trans> : t(word)}
    </span>
  );
}

export function DataSyncStatus({
  dataSync,
  percent,
  plain = false,
}: {
  dataSync: DataSync;
  percent: number | null;
  plain?: boolean;
}) {
  const { t } = useLingui();
  const format = useFormat();
  if (dataSync.status === "FETCHING_HISTORICAL_DATA") {
    return (
      <span className={plain ? "flow" : "st pill flowp"}>
        <i className="dial" style={share(percent ?? 0)} />
        <Trans comment="data sync status">Fetching historical data</Trans>{" "}
        {percent ? <b className="num nowrap">{format.percent(percent)}</b> : null}
      </span>
    );
  }
  const { word, icon, look } = syncLooks[dataSync.status];
  if (!plain) return <Status icon={icon} look={look} word={t(word)} />;
  return (
    <span className={look === "ok" ? "okc" : ""}>
      <Icon name={icon} />
      {t(word)}
    </span>
  );
}

function Status({ icon, look, word }: { icon: IconName; look: string; word: string }) {
  return (
    <span className={`st ${look}`}>
      <Icon name={icon} />
      {word}
    </span>
  );
}

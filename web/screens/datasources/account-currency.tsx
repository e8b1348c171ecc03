import { Trans } from "@lingui/react/macro";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { usePlace } from "../../shell/organisation.tsx";

/** Where an account keeps its amounts in another currency than the brand: nothing turns one into the other. */
export function AccountCurrency({ datasource }: { datasource: Pick<LiveDatasource, "account" | "platform"> }) {
  const { organisation } = usePlace();
  const { account, platform } = datasource;
  if (!account?.currency || account.currency === organisation.currency) return null;
  return (
    <p className="sm dim">
      <Trans>
        {platform.title} keeps its amounts in {account.currency}. They are shown so, and not turned into{" "}
        {organisation.currency}, the currency of {organisation.name}.
      </Trans>
    </p>
  );
}

import { Trans, useLingui } from "@lingui/react/macro";
import { Copyable } from "../../parts/copyable.tsx";
import { usePlace } from "../../shell/organisation.tsx";
import type { ConnectPlatform } from "./connect.documents.ts";
import { emptyWithout } from "./empty-without.ts";

interface LackingProps {
  platform: ConnectPlatform;
  /** Scopes or roles, by their names at the source. */
  lacks: readonly string[];
  /** Where the sign-in begins once they are granted. */
  path: string;
}

/** What stays empty without the rights that are missing, and a request to whoever can give them. */
export function Lacking({ platform, lacks, path }: LackingProps) {
  const { t } = useLingui();
  const { organisation } = usePlace();
  if (lacks.length === 0) return null;
  const { title } = platform;
  const empty = emptyWithout(platform, lacks).join(", ");
  const names = lacks.join(", ");
  const address = `${location.origin}${path}`;
  return (
    <div className="lacking">
      {empty !== "" && (
        <p className="sm">
          <Trans>Stays empty without it: {empty}</Trans>
        </p>
      )}
      <Copyable
        label={t`Request for whoever owns the account at ${title}`}
        text={t`${organisation.name} would like to read ${title} with Headwater. It only reads, and never changes anything. At ${title} this is missing: ${names}. Please grant it, then sign in here: ${address}`}
      />
    </div>
  );
}

import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import { nameAmong } from "../../live/account-line.ts";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useLiveDatasource } from "../../live/live.tsx";
import { LoadFailed } from "../../parts/states.tsx";
import { useCheckedOff } from "./checked-off.ts";
import { byKind, keyOf } from "./dependents.ts";
import type { Dependent } from "./detail.documents.ts";
import { ReadToSwitch } from "./read-to-switch.tsx";
import { type ReplacedBy, ReplacedQuery } from "./replaced.documents.ts";
import { useRefresh } from "../../live/use-refresh.ts";
import "./replaced.css";

/** What depended on the old one, to be ticked one by one once it was looked at. */
export function ReplacedList({ datasource, isCard = false }: { datasource: LiveDatasource; isCard?: boolean }) {
  const [{ data, error }, refresh] = useQuery({
    query: ReplacedQuery,
    variables: { id: datasource.id },
    requestPolicy: "cache-and-network",
  });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  const old = useLiveDatasource(data?.datasource?.replaces?.id ?? "");
  useRefresh(`${datasource.firstNumbersAt} ${old?.disconnectedAt}`, again);
  if (error && !data)
    return (
      <LoadFailed error={error} onRetry={again} what={<Trans>What depended on the old one could not be read.</Trans>} />
    );
  if (!data?.datasource?.replaces) return null;
  return <ReplacedView datasource={datasource} replaced={data.datasource} isCard={isCard} />;
}

const kinds: Record<Dependent["kind"], MessageDescriptor> = {
  TILE: msg({ message: "Tile", comment: "one thing that depends on a datasource: a number on Overview" }),
  API_CLIENT: msg({ message: "API token", comment: "one thing that depends on a datasource" }),
  DATASOURCE: msg({ message: "Datasource", comment: "one thing that depends on a datasource" }),
};

interface ViewProps {
  datasource: LiveDatasource;
  replaced: ReplacedBy;
  /** On a page of its own: one line once everything is ticked. */
  isCard?: boolean;
}

function ReplacedView({ datasource, replaced, isCard = false }: ViewProps) {
  const format = useFormat();
  const [checked, check] = useCheckedOff(replaced.id);
  const { countsFrom } = replaced;
  const old = replaced.replaces;
  if (!old) return null;
  const name = nameAmong(datasource, [old]);
  const replaces = { ...old, name: nameAmong(old, [datasource]) };
  const fed = new Set(replaced.dependents.map(keyOf));
  const all = byKind(
    replaces.dependents.map((each) => ({ ...each, staleAt: null, lastUsedAt: null, datasource: null })),
  ).flatMap(([, those]) => those);
  const isFed = (each: Parameters<typeof keyOf>[0]): boolean => fed.has(keyOf(each));
  const tiles = all.filter(({ kind }) => kind === "TILE");
  const left = all.filter((each) => !checked.has(keyOf(each))).length;
  const Heading = isCard ? "h2" : "h3";
  return (
    <section className={isCard ? "card pad replaced" : "part replaced"} aria-labelledby="replaced">
      <Heading id="replaced">
        <Trans>What depended on {replaces.name}</Trans>
      </Heading>
      <p className="sm dim">
        {countsFrom ? (
          <>
            <Trans>
              From {format.day(countsFrom, { year: true })} on numbers come from {name}. Look at each and tick it.
            </Trans>{" "}
            <ReadToSwitch old={replaces} />
          </>
        ) : (
          <Trans>
            {replaces.name} goes on until the access of {name} is proven. Then look at each and tick it.
          </Trans>
        )}
      </p>
      {(left > 0 || !isCard) && (
        <ul className="ls">
          {all.map((each) => (
            <Line
              key={keyOf(each)}
              dependent={each}
              isFed={isFed(each)}
              isChecked={checked.has(keyOf(each))}
              onCheck={(isChecked) => check(keyOf(each), isChecked)}
            />
          ))}
        </ul>
      )}
      {(left > 0 || !isCard) && tiles.some(isFed) && (
        <p className="xs faint">
          {tiles.every(isFed) ? (
            <Trans>{name} feeds all of these tiles.</Trans>
          ) : (
            <Trans>{name} feeds the other tiles.</Trans>
          )}
        </p>
      )}
      <p className="xs dim" role="status">
        {left === 0 ? (
          <Trans>Everything is checked.</Trans>
        ) : (
          <Trans>
            {format.count(all.length - left)} of {format.count(all.length)} checked
          </Trans>
        )}
      </p>
    </section>
  );
}

interface LineProps {
  dependent: Pick<Dependent, "kind" | "name">;
  isFed: boolean;
  isChecked: boolean;
  onCheck: (isChecked: boolean) => void;
}

function Line({ dependent: { kind, name }, isFed, isChecked, onCheck }: LineProps) {
  const { t } = useLingui();
  return (
    <li>
      <label className="row grow">
        <input type="checkbox" checked={isChecked} onChange={(event) => onCheck(event.target.checked)} />
        <span className="grow">
          {name} <span className="faint">· {t(kinds[kind])}</span>
        </span>
        {kind === "TILE" && !isFed && (
          <span className="xs warn">
            <Trans>the new one does not feed it</Trans>
          </span>
        )}
      </label>
    </li>
  );
}

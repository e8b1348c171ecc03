import { Trans, useLingui } from "@lingui/react/macro";
import { type RefObject, useState } from "react";
import { Link } from "wouter";
import { useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import { useLive } from "../../live/live.tsx";
import { Glyph } from "../../parts/glyph.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { useChoose } from "../../parts/use-chosen.ts";
import { chosenFrom, comesInFiles, to } from "../../routes.ts";
import { SendRequest } from "../../shell/ask.tsx";
import { useMay, usePlace } from "../../shell/organisation.tsx";
import { Wish } from "../inbox/wish.tsx";
import { type Chosen, chipsOf, searchCatalog } from "./catalog-search.ts";
import { categoryWords } from "./category-words.ts";
import { type CatalogPlatform, CatalogQuery, type Category } from "./datasources.documents.ts";

/** Everything that can be connected, and what is in preparation. */
export function Catalog({ search, searchRef }: Omit<CatalogViewProps, "platforms">) {
  const connected = useLive((state) => state.organisation?.slots.used ?? 0);
  const [{ data, error }, refresh] = useQuery({ query: CatalogQuery, context: useCatalogContext(connected) });
  const retry = (): void => refresh({ requestPolicy: "network-only" });
  if (!data)
    return error ? (
      <LoadFailed error={error} onRetry={retry} what={<Trans>The catalog could not be read.</Trans>} />
    ) : (
      <CatalogSkeleton />
    );
  return <CatalogView platforms={data.catalog} search={search} searchRef={searchRef} />;
}

/** A new object asks again: what can be connected changes with the slots in use. */
function useCatalogContext(connected: number): { requestPolicy: "cache-and-network" } {
  const [held, setHeld] = useState({ connected, context: { requestPolicy: "cache-and-network" as const } });
  if (held.connected !== connected) setHeld({ connected, context: { requestPolicy: "cache-and-network" } });
  return held.context;
}

interface CatalogViewProps {
  platforms: readonly CatalogPlatform[];
  /** The list's part of the address: what is typed and which category is chosen. */
  search: string;
  searchRef: RefObject<HTMLInputElement | null>;
}

function CatalogView({ platforms, search, searchRef }: CatalogViewProps) {
  const { t } = useLingui();
  const choose = useChoose();
  const word = (which: Category): string => t(categoryWords[which]);
  const { choices, rest } = chipsOf(platforms);
  const typed = new URLSearchParams(search).get("q") ?? "";
  const chosen = chosenFrom<Chosen>(search, "category", choices);
  const belongs = (which: Category): boolean =>
    chosen === "ALL" || chosen === which || (chosen === "MORE" && rest.includes(which));
  const ready = platforms.toSorted((a, b) => rank(a) - rank(b));
  const found = searchCatalog(
    ready.filter((platform) => belongs(platform.category)),
    typed,
    word,
  );
  return (
    <section aria-labelledby="catalog">
      <div className="tools">
        <h2 id="catalog">
          <Trans>Catalog</Trans>
        </h2>
        <Chips
          platforms={platforms}
          chosen={chosen}
          onChoose={(next) => choose({ category: next === "ALL" ? null : next.toLowerCase() })}
        />
        <SearchField typed={typed} onType={(text) => choose({ q: text === "" ? null : text })} fieldRef={searchRef} />
      </div>
      <p className="vh" role="status">
        {typed && <Trans>{found.length} found</Trans>}
      </p>
      {found.length === 0 ? (
        <p className="sm dim none">
          <Trans>No platform matches “{typed}”.</Trans>{" "}
          <button type="button" className="link" onClick={() => choose({ q: null, category: null })}>
            <Trans>Clear filters</Trans>
          </button>
        </p>
      ) : (
        <ul className="grid">
          {found.map((platform) => (
            <li key={platform.id}>
              <Card platform={platform} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface SearchFieldProps {
  typed: string;
  onType: (typed: string) => void;
  fieldRef: RefObject<HTMLInputElement | null>;
}

function SearchField({ typed, onType, fieldRef }: SearchFieldProps) {
  const { t } = useLingui();
  return (
    <label className="field">
      <Icon name="search" />
      <span className="vh">
        <Trans>Find a platform</Trans>
      </span>
      <input
        ref={fieldRef}
        type="search"
        value={typed}
        placeholder={t`Find a platform`}
        onChange={(event) => onType(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onType("");
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

interface ChipsProps {
  platforms: readonly CatalogPlatform[];
  chosen: Chosen;
  onChoose: (chosen: Chosen) => void;
}

function Chips({ platforms, chosen, onChoose }: ChipsProps) {
  const { t } = useLingui();
  const { shown, rest } = chipsOf(platforms);
  const countIn = (categories: readonly Category[]): number =>
    platforms.filter(({ category }) => categories.includes(category)).length;
  return (
    <div className="chips" role="group" aria-label={t`Category`}>
      <Chip label={t`All`} count={platforms.length} isOn={chosen === "ALL"} onClick={() => onChoose("ALL")} />
      {shown.map((which) => (
        <Chip
          key={which}
          label={t(categoryWords[which])}
          count={countIn([which])}
          isOn={chosen === which}
          onClick={() => onChoose(which)}
        />
      ))}
      {rest.length > 0 && (
        <Chip
          label={t({ message: "More", comment: "the small categories of the catalog together" })}
          count={countIn(rest)}
          isOn={chosen === "MORE"}
          onClick={() => onChoose("MORE")}
        />
      )}
    </div>
  );
}

function rank(platform: CatalogPlatform): number {
  return platform.availability === "AVAILABLE" ? 0 : platform.availability === "IN_PREPARATION" ? 1 : 2;
}

function Chip({ label, count, isOn, onClick }: { label: string; count: number; isOn: boolean; onClick: () => void }) {
  return (
    <button type="button" className="chip" aria-pressed={isOn} onClick={onClick}>
      {label} <span className="num">{count}</span>
    </button>
  );
}

function Card({ platform }: { platform: CatalogPlatform }) {
  const { organisation } = usePlace();
  const mayConnect = useMay("CONNECT_DATASOURCE");
  const { title, category, availability } = platform;
  const inside = (
    <>
      <Glyph title={title} category={category} />
      <span className="grow">
        <b className="cut" translate="no">
          {title}
        </b>
        <span className="xs faint two-lines">
          <CardLine platform={platform} />
        </span>
        {availability !== "AVAILABLE" && <Wish platform={platform} />}
        {availability === "AVAILABLE" && !mayConnect && !organisation.isSample && (
          <span className="xs ways">
            <SendRequest about="CONNECT" platform={platform.id} of={title} />
          </span>
        )}
      </span>
    </>
  );
  if (availability !== "AVAILABLE" || !mayConnect)
    return <div className={`cat ${availability === "AVAILABLE" ? "" : "soon"}`}>{inside}</div>;
  return (
    <Link className="cat" href={to.connect(organisation.slug, platform.name)}>
      {inside}
      <span className="cx">
        <Icon name="plus" />
      </span>
    </Link>
  );
}

/** The one line that matters most before opening: state, then what stands in the way, then what it brings. */
function CardLine({ platform }: { platform: CatalogPlatform }) {
  const format = useFormat();
  const { availability, datasources, needs, excludes, isConnectable, method, takesSlot, summary } = platform;
  if (availability === "COMING_SOON") return <Trans>Coming soon</Trans>;
  if (availability === "IN_PREPARATION") return <Trans>In preparation · {summary}</Trans>;
  if (datasources.length > 0)
    return comesInFiles(method) ? (
      <Trans>Connected · add another</Trans>
    ) : (
      <Trans>Connected · add another account</Trans>
    );
  if (!isConnectable && needs.length > 0) return <Trans>Needs {format.oneOf(needs.map(({ title }) => title))}</Trans>;
  if (!isConnectable && excludes.length > 0)
    return <Trans>Not with {format.oneOf(excludes.map(({ title }) => title))}</Trans>;
  if (!takesSlot) return <Trans>Takes no slot</Trans>;
  return summary;
}

function CatalogSkeleton() {
  return (
    <Skeleton>
      <div className="tools">
        <span className="fade w160" />
      </div>
      <div className="grid">
        {Array.from({ length: 8 }, (_, n) => (
          <div key={n} className="cat">
            <span className="fade sq" />
            <span className="fade w90" />
          </div>
        ))}
      </div>
    </Skeleton>
  );
}

/**
 * Records of a few pages, as COPY lines by kind, each id once. Duplicates are settled here and not in the stage: the
 * newest version wins before anything is copied, which spares Postgres a sort of whole documents.
 */
import type { RecordKind, RecordOf, RejectedRecord, SourceRecord, WholeDays } from "@headwater/connectors/records.ts";
import { cleanJson, cleanText, copyField, copyJson, exactBytes } from "./copy-text.ts";
import { type DayCutter, dayCutter } from "./days.ts";
import { exactSum, negated } from "./exact-sum.ts";
import { FieldWriter, NULL_FIELD, OPEN_FIELD, Unstorable } from "./field-writer.ts";
import { kindsInOrder, layoutByKind } from "./kinds.ts";

/** A batch is worth a transaction from here on; several pages share one. */
export const BATCH = { records: 6_000, characters: 2_500_000, ageMs: 2_000 };

/** In all batches of the process: beyond this each goes out after its next page, however many slices run beside each other. */
const HELD_CHARACTERS_MAX = 40_000_000;
let heldCharacters = 0;

export interface StagedLine {
  id: string;
  versionMs: number;
  line: string;
  /** An order's line: what it adds to its order. */
  part?: LinePart;
  /** An order that its lines must complete first: `line` is made of these then. */
  open?: { head: string; columns: string; taxInside: string | null };
}

interface LinePart {
  orderId: string;
  gross: string;
  isGiftCard: boolean;
}

export interface QuarantinedRecord {
  kind: RecordKind;
  sourceId: string | null;
  reason: string;
  detail: string;
  /** As the source sent it. */
  document: Buffer;
}

export interface KindCounts {
  read: number;
  deduplicated: number;
  rejected: number;
}

export const TEXT_REPLACED = "textReplaced";
const KEPT_BYTES_MAX = 1_000_000;

export class Batch {
  readonly kept: QuarantinedRecord[] = [];
  /** Parents whose children of these kinds are all in this batch. */
  readonly wholeParents = new Map<string, readonly RecordKind[]>();
  /** Days of the source's own cutting that were given whole with this batch and those before it. */
  readonly wholeDays: WholeDays[] = [];
  readonly countsByKind = new Map<RecordKind, KindCounts>();
  pages = 0;
  records = 0;
  characters = 0;
  readonly #begunAt = Date.now();
  #askedAt = this.#begunAt;
  readonly #linesByKind = new Map<RecordKind, Map<string, StagedLine>>();
  readonly #put: FieldWriter;

  constructor(zone: string | null) {
    const dayOf: DayCutter = dayCutter(zone ?? "UTC");
    this.#put = new FieldWriter(dayOf);
  }

  get isFull(): boolean {
    return (
      this.records >= BATCH.records ||
      this.characters >= BATCH.characters ||
      (this.pages > 0 && heldCharacters >= HELD_CHARACTERS_MAX) ||
      (this.pages > 0 && Date.now() - this.#begunAt >= BATCH.ageMs)
    );
  }

  /** When the oldest page in here was asked for: what others read or found deleted since then stays. */
  get readAt(): Date {
    return new Date(this.#askedAt);
  }

  /** It has been committed, or never will be. */
  release(): void {
    heldCharacters -= this.characters;
    this.characters = 0;
  }

  addPage(
    records: readonly SourceRecord[],
    rejected: readonly RejectedRecord[],
    { whole = [], askedAt }: { whole?: readonly WholeDays[]; askedAt?: Date } = {},
  ): void {
    this.#askedAt = Math.min(this.#askedAt, askedAt?.getTime() ?? this.#askedAt);
    for (const record of records) this.#add(record);
    for (const refused of rejected) {
      this.#count(refused.kind).read += 1;
      this.#reject(refused);
    }
    this.wholeDays.push(...whole);
    this.pages += 1;
    this.records += records.length + rejected.length;
  }

  /**
   * Kinds that have lines, in merge order; the lines of each in the order of their ids. What an order's lines make of it is
   * summed from those in here, or left untold for who merges more than this batch.
   */
  *staged(sums: "fromHere" | "untold" = "fromHere"): Generator<[RecordKind, StagedLine[]]> {
    for (const kind of kindsInOrder) {
      const lines = this.#linesByKind.get(kind);
      if (lines === undefined || lines.size === 0) continue;
      if (kind === "order") this.#fillOpenFields(lines, sums);
      yield [
        kind,
        [...lines.values()].toSorted((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)),
      ];
    }
  }

  /** Orders whose lines came without them: their sums are made again from what the database then holds. */
  get ordersElsewhere(): string[] {
    const orders = this.#linesByKind.get("order");
    const ids = new Set<string>();
    for (const { part } of this.#linesByKind.get("orderLine")?.values() ?? []) {
      if (part !== undefined && orders?.has(part.orderId) !== true) ids.add(part.orderId);
    }
    return [...ids];
  }

  /** Orders whose lines need not all be in here: until the rest comes, those from before count, where there are any. */
  get unsure(): string[] {
    const orders = [...(this.#linesByKind.get("order")?.values() ?? [])];
    const isWhole = (id: string) => this.wholeParents.get(id)?.includes("orderLine") === true;
    return orders.flatMap(({ id, open }) => (open === undefined || isWhole(id) ? [] : [id]));
  }

  get kinds(): RecordKind[] {
    return [...this.#linesByKind.keys()];
  }

  /** Alive at the source, but not fit for a row. */
  get rejected(): QuarantinedRecord[] {
    return this.kept.filter(({ reason }) => reason !== TEXT_REPLACED);
  }

  /** What came and could not be stored may be what we hold: then nothing of its kind is taken for gone. */
  get provenDays(): WholeDays[] {
    return this.wholeDays.filter(({ kind }) => !this.rejected.some((record) => record.kind === kind));
  }

  /** Ids of a kind that the source showed, mapped or not; null when one of them came without an id. */
  aliveOf(kind: RecordKind): string[] | null {
    const rejected = this.rejected.filter((record) => record.kind === kind).map(({ sourceId }) => sourceId);
    const named = rejected.filter((id) => id !== null);
    return named.length < rejected.length ? null : [...(this.#linesByKind.get(kind)?.keys() ?? []), ...named];
  }

  /** What a source leaves to be the sum of the lines is summed here. */
  #fillOpenFields(orders: Map<string, StagedLine>, sums: "fromHere" | "untold"): void {
    const partsByOrder = new Map<string, LinePart[]>();
    for (const { part } of this.#linesByKind.get("orderLine")?.values() ?? []) {
      if (part === undefined) continue;
      const parts = partsByOrder.get(part.orderId);
      if (parts === undefined) partsByOrder.set(part.orderId, [part]);
      else parts.push(part);
    }
    for (const staged of orders.values()) {
      if (staged.open === undefined) continue;
      const { head, columns, taxInside } = staged.open;
      if (sums === "untold") {
        staged.line = head + columns.replaceAll(OPEN_FIELD, NULL_FIELD);
        continue;
      }
      const parts = partsByOrder.get(staged.id) ?? [];
      const [before = "", middle = "", after] = columns.split(OPEN_FIELD);
      const gross = `${before}${grossOf(parts, taxInside)}${middle}`;
      staged.line = head + (after === undefined ? gross : `${gross}${parts.length}${after}`);
    }
  }

  /** A line that Postgres refused after all. */
  rejectStaged(kind: RecordKind, staged: StagedLine, reason: string, detail: string): void {
    this.#linesByKind.get(kind)?.delete(staged.id);
    this.#reject({ kind, id: staged.id, reason, detail, document: staged.line });
  }

  #count(kind: RecordKind): KindCounts {
    let counts = this.countsByKind.get(kind);
    if (counts === undefined) {
      counts = { read: 0, deduplicated: 0, rejected: 0 };
      this.countsByKind.set(kind, counts);
    }
    return counts;
  }

  #add(record: SourceRecord): void {
    const counts = this.#count(record.kind);
    counts.read += 1;
    let staged: StagedLine;
    try {
      staged = this.#stage(record);
    } catch (error) {
      if (!(error instanceof Unstorable)) throw error;
      const { reason, detail } = error;
      this.#reject({
        kind: record.kind,
        id: record.id,
        reason,
        detail,
        document: record.document ?? JSON.stringify(record),
      });
      return;
    }
    let lines = this.#linesByKind.get(record.kind);
    if (lines === undefined) {
      lines = new Map();
      this.#linesByKind.set(record.kind, lines);
    }
    const earlier = lines.get(staged.id);
    if (earlier !== undefined) counts.deduplicated += 1;
    if (earlier === undefined || earlier.versionMs <= staged.versionMs) lines.set(staged.id, staged);
    this.characters += staged.line.length;
    heldCharacters += staged.line.length;
  }

  #stage(record: SourceRecord): StagedLine {
    const put = this.#put;
    const { text: id, replaced } = cleanText(record.id);
    if (id === "") throw new Unstorable("missing", "id");
    const versionMs = put.instantMs("versionAt", record.versionAt);
    const document = record.document === null ? null : cleanJson(record.document);
    const columns = writeColumns(record.kind, record, put);
    const replacedTexts = put.takeReplaced() + (replaced ? 1 : 0) + (document?.replaced === true ? 1 : 0);
    if (replacedTexts > 0) this.#keepExact(record, id);
    const head = `${copyField(id)}\t${record.versionAt}\t${put.instantOrNull("deletedAt", record.deletedAt)}\t${document === null ? "\\N" : copyJson(document.text)}\t`;
    const line = `${head}${columns}\n`;
    if (record.childrenComplete !== undefined && record.childrenComplete.length > 0) {
      this.wholeParents.set(id, record.childrenComplete);
    }
    if (record.kind === "order" && columns.includes(OPEN_FIELD)) {
      return {
        id,
        versionMs,
        line,
        open: { head, columns: `${columns}\n`, taxInside: record.taxesIncluded ? record.tax : null },
      };
    }
    if (record.kind !== "orderLine") return { id, versionMs, line };
    const { gross, isGiftCard } = record;
    return { id, versionMs, line, part: { orderId: cleanText(record.orderId).text, gross, isGiftCard } };
  }

  #keepExact(record: SourceRecord, id: string): void {
    this.kept.push({
      kind: record.kind,
      sourceId: id,
      reason: TEXT_REPLACED,
      detail: "U+0000 or half of a surrogate pair became U+FFFD; the row is kept",
      document: exactBytes(record.document ?? JSON.stringify(record)).subarray(0, KEPT_BYTES_MAX),
    });
  }

  #reject({ kind, id, reason, detail, document }: RejectedRecord): void {
    this.#count(kind).rejected += 1;
    this.kept.push({
      kind,
      sourceId: id === null ? null : cleanText(id).text,
      reason,
      detail: cleanText(detail).text.slice(0, 400),
      document: exactBytes(document).subarray(0, KEPT_BYTES_MAX),
    });
  }
}

/** Gift cards apart. The order's whole tax comes off where it is inside the prices, that of shipping too: with it net sales, shipping and tax make the total. */
function grossOf(parts: readonly LinePart[], taxInside: string | null): string {
  const sold = parts.filter(({ isGiftCard }) => !isGiftCard).map(({ gross }) => gross);
  return exactSum(taxInside === null || sold.length === 0 ? sold : [...sold, negated(taxInside)]);
}

/** One place where a record meets the layout of its own kind. */
const writeColumns = <Kind extends RecordKind>(kind: Kind, record: RecordOf<Kind>, put: FieldWriter): string =>
  layoutByKind[kind].write(record, put);

/** The columns, the words that head them in six languages, and the values that closed columns take. */

export const COST_TYPES = ["cogs", "shipping", "handling", "payment_fee", "fixed", "marketing", "other"] as const;
export type CostType = (typeof COST_TYPES)[number];
const BASES = ["total", "per_unit", "per_order", "percent"] as const;
export type Basis = (typeof BASES)[number];
const RECURRENCES = ["none", "daily", "weekly", "monthly", "yearly"] as const;
export type Recurrence = (typeof RECURRENCES)[number];

export const DIMENSIONS = [
  "channel",
  "country",
  "payment_gateway",
  "campaign",
  "vendor",
  "category",
  "name",
  "note",
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

const PLAIN_COLUMNS = [
  "cost_id",
  "date",
  "start_date",
  "end_date",
  "cost_type",
  "amount",
  "basis",
  "currency",
  "sku",
  "variant_id",
  "product_id",
  "order_id",
  "recurrence",
  "is_ad_spend",
  "applies_to",
  "action",
  ...DIMENSIONS,
] as const;
export const COLUMNS = [...PLAIN_COLUMNS, ...COST_TYPES] as const;
/** A column of ours; `extra` is kept beside the row, `ignore` is left out (a report that comes back corrected). */
export type Column = (typeof COLUMNS)[number];
export type Target = Column | "extra" | "ignore";

export const isColumn = (text: string): text is Column => COLUMNS.some((column) => column === text);

/** Lower case, accents and punctuation off, spaces to `_`. */
export const headerKey = (text: string): string =>
  text
    .replace(/^\ufeff/, "")
    .normalize("NFKC")
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replaceAll("ß", "ss")
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");

const SYNONYMS: Readonly<Record<Column, string>> = {
  cost_id: "id_cost expense_id kosten_id reference ref",
  date: "day transaction_date expense_date order_date datum tag date_du_jour jour fecha dia data giorno dag",
  start_date:
    "start from valid_from begin begin_date startdatum gultig_ab debut date_debut fecha_inicio inicio data_inizio inizio begindatum",
  end_date: "end to until valid_to valid_until enddatum gultig_bis fin date_fin fecha_fin data_fine fine einddatum",
  cost_type:
    "type kind expense_type costtype cost_kind kind_of_cost type_of_cost cost_category kostenart art typ type_de_cout tipo tipo_de_coste tipo_costo kostensoort soort",
  amount:
    "cost value price spend total amount_spent betrag kosten summe wert preis montant cout prix valeur importe coste valor precio importo costo valore prezzo bedrag waarde prijs",
  basis: "cost_basis per unit_type basis_type grundlage base",
  currency: "currency_code ccy wahrung waehrung devise moneda divisa valuta munt",
  sku: "item_sku variant_sku seller_sku product_sku artikelnummer artikelnr reference_article referencia codice_articolo",
  variant_id: "variant varianten_id",
  product_id: "product produkt_id item_id",
  order_id:
    "order order_number order_name order_no bestellnummer bestellung bestell_nr numero_de_commande commande pedido numero_pedido ordine numero_ordine bestelnummer",
  recurrence: "recurring repeat frequency wiederholung frequence frecuencia frequenza herhaling",
  is_ad_spend: "ad_spend_flag adspend is_adspend counts_as_ad_spend",
  applies_to: "percent_of of",
  action: "operation aktion",
  channel: "sales_channel kanal canal canale kanaal",
  country: "country_code ship_country land pays pais paese",
  payment_gateway: "gateway payment_method zahlungsart passerelle pasarela",
  campaign: "campaign_name kampagne campagne campana campagna",
  vendor: "supplier lieferant fournisseur proveedor fornitore leverancier",
  category: "expense_category kategorie categorie categoria",
  name: "title description label expense bezeichnung nom nombre nome naam titel",
  note: "notes comment comments memo notiz bemerkung remarque nota notas opmerking",
  cogs: "cost_of_goods cost_of_goods_sold product_cost unit_cost landed_cost item_cost wareneinsatz einkaufspreis stuckkosten cout_produit cout_unitaire coste_unitario coste_producto costo_unitario costo_prodotto kostprijs inkoopprijs",
  shipping:
    "freight postage fulfilment fulfillment shipping_cost shipping_costs versand versandkosten porto livraison frais_de_port envio gastos_de_envio spedizione spese_di_spedizione verzending verzendkosten",
  handling:
    "pick_and_pack handling_fee handling_cost packaging verpackung manutention manipulacion imballaggio verwerking",
  payment_fee:
    "payment_fees gateway_fee gateway_fees transaction_fee transaction_fees processing_fee processing_fees stripe_fee stripe_fees paypal_fee paypal_fees zahlungsgebuhr zahlungsgebuhren frais_de_paiement comision_de_pago commissioni_di_pagamento betaalkosten",
  fixed:
    "overhead overheads rent salaries salary software subscription subscriptions fixed_cost fixed_costs fixkosten miete gehalter couts_fixes loyer salaires costes_fijos alquiler costi_fissi affitto vaste_kosten huur",
  marketing:
    "ads ad_spend advertising influencer agency marketing_cost marketing_costs werbung werbekosten publicite publicidad pubblicita reclame",
  other:
    "others other_cost other_costs misc miscellaneous sonstige sonstiges autre autres otro otros altro altri overig overige",
};

const columnByWord = new Map<string, Column>(
  COLUMNS.flatMap((column) => [
    [column, column] as const,
    ...SYNONYMS[column].split(" ").map((word) => [word, column] as const),
  ]),
);

/** Columns of our own error report, which comes back corrected as it is. */
export const REPORT_COLUMNS = new Set(["error_codes", "how_to_fix"]);

/** A column without a name has its number alone. */
const NUMBERED = /^(?:(.*) )?\((\d+)\/(\d+)\)$/su;
const withoutNumber = (header: string): string => {
  const [is, name = ""] = NUMBERED.exec(header) ?? [];
  return is === undefined ? header : name;
};

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const name of names) all.set(name, (all.get(name) ?? 0) + 1);
  return all;
}

/** As they stand in the file: a number is taken off only where `toldApart` can have put it, which counts all of a name. */
export function plainHeaders(headers: readonly string[]): readonly string[] {
  const all = counted(headers.map(withoutNumber));
  return headers.map((header) => {
    const [, name = "", n, many] = NUMBERED.exec(header) ?? [];
    const isOurs = Number(many) > 1 && Number(many) === all.get(name) && Number(n) >= 1 && Number(n) <= Number(many);
    return isOurs ? name : header;
  });
}

/** Of columns of one name each says which of them it is: Cost (1/2), Cost (2/2). */
export function toldApart(headers: readonly string[]): readonly string[] {
  const plain = plainHeaders(headers);
  const told = numbered(plain);
  // One is called in the file as one of several would be: then it is one of them.
  if (new Set(told).size === told.length) return told;
  return numbered(plain.map((header) => (plain.includes(withoutNumber(header)) ? withoutNumber(header) : header)));
}

function numbered(names: readonly string[]): readonly string[] {
  const all = counted(names);
  const before = new Map<string, number>();
  return names.map((name) => {
    const many = all.get(name) ?? 1;
    if (many === 1) return name;
    const n = (before.get(name) ?? 0) + 1;
    before.set(name, n);
    return `${name} (${n}/${many})`.trimStart();
  });
}

/** By its plain name. */
export function targetOf(header: string): Target {
  const key = headerKey(header);
  return REPORT_COLUMNS.has(key) ? "ignore" : (columnByWord.get(key) ?? "extra");
}

export function costTypeOf(text: string): CostType | null {
  const column = columnByWord.get(headerKey(text));
  return COST_TYPES.find((type) => type === column) ?? null;
}

const FEES = new Set(["agency", "agency_fee", "agency_fees"]);
/** Marketing that buys no ads: ad spend only where the file says so. */
export const isFee = (text: string): boolean => FEES.has(headerKey(text));

const basisByWord = new Map<string, Basis>(
  Object.entries({
    total: "total",
    sum: "total",
    lump_sum: "total",
    gesamt: "total",
    per_unit: "per_unit",
    unit: "per_unit",
    item: "per_unit",
    per_item: "per_unit",
    each: "per_unit",
    per_order: "per_order",
    order: "per_order",
    percent: "percent",
    percentage: "percent",
    prozent: "percent",
    pct: "percent",
  } as const),
);
export const basisOf = (text: string): Basis | null =>
  text.trim() === "%" ? "percent" : (basisByWord.get(headerKey(text)) ?? null);

const recurrenceByWord = new Map<string, Recurrence>(
  Object.entries({
    none: "none",
    once: "none",
    one_time: "none",
    daily: "daily",
    day: "daily",
    weekly: "weekly",
    week: "weekly",
    monthly: "monthly",
    month: "monthly",
    monatlich: "monthly",
    mensuel: "monthly",
    mensual: "monthly",
    mensile: "monthly",
    yearly: "yearly",
    annual: "yearly",
    annually: "yearly",
    year: "yearly",
  } as const),
);
export const recurrenceOf = (text: string): Recurrence | null => recurrenceByWord.get(headerKey(text)) ?? null;

/** Of what a percentage is taken. */
export function shareOf(text: string): "revenue" | "ad_spend" | null {
  const word = text
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  if (word === "" || word === "revenue" || word === "net_revenue") return "revenue";
  return word === "ad_spend" ? word : null;
}

const YES = new Set(["yes", "true", "1", "y", "x", "ja", "oui", "si"]);
const NO = new Set(["no", "false", "0", "n", "nein", "non", "nee"]);
export function truthOf(text: string): boolean | null {
  const word = headerKey(text);
  return YES.has(word) ? true : NO.has(word) ? false : null;
}

const TOTALS = new Set(["total", "totals", "grand_total", "summe", "gesamt", "gesamtsumme", "totale", "totaal", "sum"]);
export const isTotalWord = (text: string): boolean => TOTALS.has(headerKey(text));

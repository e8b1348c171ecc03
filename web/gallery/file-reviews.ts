import type { Review } from "../screens/files/review.documents.ts";

const kinds = ["cogs", "shipping", "handling", "payment_fee", "fixed", "marketing", "other"];
const needs = (...columns: string[][]): { anyOf: string[] }[] => columns.map((anyOf) => ({ anyOf }));
const shapes: Review["mapping"]["shapes"] = [
  { shape: "COSTS", needs: needs(["date"], ["cost_type"], ["amount"]), without: [], beside: kinds },
  { shape: "DAYS", needs: needs(["date"], kinds), without: ["sku", "order_id"], beside: ["amount", "cost_type"] },
  { shape: "PRICES", needs: needs(["sku", "variant_id"], ["cogs", "amount"]), without: ["order_id"], beside: [] },
  { shape: "ORDERS", needs: needs(["order_id"], ["shipping", "cogs", "amount"]), without: [], beside: [] },
];

/** Of a file that waits. */
export const review: Review = {
  __typename: "Upload",
  id: "u9",
  mapping: {
    shape: "COSTS",
    encoding: "utf-8",
    delimiter: ";",
    decimal: ".",
    columns: [
      { header: "Bemerkung", target: "note", isGuessed: true, samples: ["Warehouse rent", "Podcast spot", "Card fee"] },
      { header: "Datum", target: "date", isGuessed: true, samples: ["01/11/2026", "18/11/2026"] },
      { header: "Kostenart", target: "cost_type", isGuessed: false, samples: ["fixed", "marketing", "payment_fee"] },
      { header: "sku", target: "sku", isGuessed: false, samples: ["1.23457E+12", "MM-204"] },
      { header: "amount", target: "amount", isGuessed: false, samples: ["240000", "45,000", "2%"] },
    ],
    shapes,
    questions: [
      { kind: "dateOrder", column: "Datum", guess: "DMY", sample: "01/11/2026" },
      { kind: "decimal", column: "amount", guess: ".", sample: "45,000" },
    ],
    words: [
      { word: "Verpackung", costType: "handling", basis: "total", lines: "12" },
      { word: "Miete", costType: "fixed", basis: null, lines: "1" },
    ],
    corrections: [{ column: "amount", line: "12", was: null, value: "640.00" }],
    targets: ["date", "cost_type", "amount", "sku", "variant_id", "order_id", "currency", "note", ...kinds],
    costTypes: kinds,
  },
  preview: [
    {
      line: "2",
      from: "2026-11-01",
      to: null,
      costType: "fixed",
      basis: "total",
      amount: "240000.00",
      currency: "INR",
      recurrence: "monthly",
      isAdSpend: false,
      about: "Warehouse rent",
    },
    {
      line: "3",
      from: "2026-11-18",
      to: "2026-11-18",
      costType: "marketing",
      basis: "total",
      amount: "45000.00",
      currency: "INR",
      recurrence: "none",
      isAdSpend: true,
      about: "Podcast spot",
    },
    {
      line: "4",
      from: "2026-01-01",
      to: null,
      costType: "payment_fee",
      basis: "percent",
      amount: "2.9",
      currency: "INR",
      recurrence: "none",
      isAdSpend: false,
      about: "Card fee",
    },
  ],
  findings: {
    nodes: [
      {
        line: "41",
        column: "sku",
        code: "E_ID_SCIENTIFIC",
        severity: "ERROR",
        value: "1.23457E+12",
        nearest: null,
        message: "“1.23457E+12” was changed by a spreadsheet program; its digits are lost.",
        hint: "Format the column as text and export again.",
      },
      {
        line: "87",
        column: "amount",
        code: "E_NUMBER",
        severity: "ERROR",
        value: "12,3.4",
        nearest: null,
        message: "“12,3.4” cannot be read as an amount.",
        hint: "Write it in digits, as 1234.50, 1,234.50 or 1.234,50, the same way in the whole file; (5) or -5 is money that comes back, and a currency such as ₹ or USD may stand beside it. At most six decimals.",
      },
      {
        line: "90",
        column: "sku",
        code: "W_SKU_UNKNOWN",
        severity: "WARNING",
        value: "MM-204",
        nearest: "MM-024",
        message: "No product here has the SKU MM-204 yet.",
        hint: "It is kept and applied once it appears.",
      },
    ],
    pageInfo: { endCursor: "3", hasNextPage: true },
  },
};

/** Of one whose columns nobody knows. */
export const refusedReview: Review = {
  ...review,
  id: "u10",
  mapping: {
    ...review.mapping,
    shape: null,
    columns: [
      { header: "Item code", target: "extra", isGuessed: false, samples: ["00042", "TEE-BLK-M", "TEE-BLK-L"] },
      { header: "Landed rate", target: "extra", isGuessed: false, samples: ["3.10", "6.80", "7.20"] },
      { header: "Valid from", target: "start_date", isGuessed: true, samples: ["2026-01-01"] },
      {
        header: "A remark that nobody has ever put into so many words",
        target: "extra",
        isGuessed: false,
        samples: [],
      },
    ],
    questions: [],
    words: [],
    corrections: [],
  },
  preview: [],
  findings: { nodes: [], pageInfo: { endCursor: null, hasNextPage: false } },
};

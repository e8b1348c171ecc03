// The line under the title names what the amounts are in: nothing is converted into the brand's own currency.
import { expect, test } from "vitest";
import { namedCurrencies, shownCurrencies } from "./shown-currencies.ts";

const amount = (currency: string | null) => ({ amount: "1", currency });
const tile = (value: string | null, ...apart: string[]) => ({ value: amount(value), apart: apart.map(amount) });

test.each([
  { brand: "of which nothing is in yet", tiles: [{ value: null, apart: [] }], says: ["INR"] },
  { brand: "that sells in its own currency", tiles: [tile("INR"), tile(null)], says: ["INR"] },
  { brand: "that sells in another alone", tiles: [tile("USD"), tile(null)], says: ["USD"] },
  { brand: "whose ads are paid in another", tiles: [tile("USD"), tile("INR")], says: ["INR", "USD"] },
  { brand: "that sells in two", tiles: [tile("INR", "EUR")], says: ["INR", "EUR"] },
])("a brand $brand", ({ tiles, says }) => expect(shownCurrencies({ currency: "INR", tiles })).toEqual(says));

test.each([
  { what: "of the tiles", tiles: [tile("INR", "USD")], charts: [], says: ["USD"] },
  { what: "that a chart draws", tiles: [tile("INR")], charts: [["USD"]], says: ["USD"] },
  { what: "that a chart draws beside its own", tiles: [tile("INR")], charts: [["INR", "AUD"]], says: ["AUD"] },
  {
    what: "that a chart draws and no tile shows, the brand's own",
    tiles: [tile("USD")],
    charts: [["INR"]],
    says: ["INR"],
  },
  { what: "that a chart draws before any amount is in", tiles: [tile(null)], charts: [["USD"]], says: ["USD"] },
  { what: "that stands alone goes by its sign", tiles: [tile("USD")], charts: [["USD"]], says: [] },
])("a second currency $what", ({ tiles, charts, says }) => {
  const drawn = charts.map(([currency = null, ...apart]) => ({
    currency,
    seriesApart: apart.map((each) => ({ currency: each, series: [] })),
  }));
  expect(namedCurrencies({ currency: "INR", tiles }, drawn)).toEqual(says);
});

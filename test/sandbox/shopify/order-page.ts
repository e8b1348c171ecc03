// An order as the shop's own admin shows it to whoever works there: where a link from Headwater leads.
import { isoSeconds } from "../clock.ts";
import { html, page } from "../html.ts";
import { pageAnswer, type Answer } from "../http.ts";
import { shopMoney } from "./admin/money.ts";
import { totalOf } from "./seed/order-state.ts";
import type { Shop } from "./seed/shop.ts";

export function answerOrderPage(shop: Shop, number: string): Answer {
  const n = Number(BigInt(number) - shop.numericId(0));
  const row = n >= 0 ? shop.rowOf(n) : undefined;
  if (row === undefined || row["deleted"] !== null) {
    const body = html`<h1>There is no such order</h1>`;
    return pageAnswer(404, page({ title: "No such order", isNarrow: true, body }));
  }
  const state = shop.order(row);
  const { amount, currencyCode } = shopMoney(state.shop, totalOf(state));
  const name = `#${1001 + n}`;
  const body = html`<h1>${name}</h1>
    <p class="soft">${shop.id}</p>
    <table>
      <tr>
        <th scope="row">Made</th>
        <td>${isoSeconds(state.head.createdAt)}</td>
      </tr>
      <tr>
        <th scope="row">Total</th>
        <td>${amount} ${currencyCode}</td>
      </tr>
      <tr>
        <th scope="row">Payment</th>
        <td>${state.statuses.financial}</td>
      </tr>
      <tr>
        <th scope="row">Test order</th>
        <td>${state.head.isTest ? "Yes" : "No"}</td>
      </tr>
    </table>`;
  return pageAnswer(200, page({ title: name, isNarrow: true, body }));
}

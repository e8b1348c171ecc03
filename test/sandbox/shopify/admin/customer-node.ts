// A customer: how many orders, how much spent. Both are counted from the orders, at the moment of asking.
import { isoSeconds } from "../../clock.ts";
import { refundedOf, totalOf } from "../seed/order-state.ts";
import { orderColumns } from "../seed/shop.ts";
import { gid, type AdminContext } from "./context.ts";
import { shopMoney } from "./money.ts";

class CustomerNode {
  readonly __typename = "Customer";
  readonly #n: number;
  readonly #context: AdminContext;

  constructor(n: number, context: AdminContext) {
    this.#n = n;
    this.#context = context;
  }
  get #times() {
    return this.#context.store.first(
      "select created, updated from customers where shop = ? and n = ?",
      this.#context.shop.id,
      this.#n,
    );
  }
  get id() {
    return gid("Customer", this.#context.shop.numericId(this.#n));
  }
  get legacyResourceId() {
    return String(this.#context.shop.numericId(this.#n));
  }
  get createdAt() {
    return isoSeconds(Number(this.#times?.["created"] ?? this.#context.shop.anchor));
  }
  get updatedAt() {
    return isoSeconds(Number(this.#times?.["updated"] ?? this.#context.shop.anchor));
  }
  get state() {
    return "ENABLED";
  }
  get locale() {
    return "en";
  }
  get tags() {
    return [];
  }
  get note() {
    return null;
  }
  get verifiedEmail() {
    return true;
  }
  get displayName() {
    return `Customer ${this.#n}`;
  }
  get firstName() {
    return "Customer";
  }
  get lastName() {
    return String(this.#n);
  }
  get email() {
    return `customer-${this.#n}@example.com`;
  }
  get phone() {
    return null;
  }
  get numberOfOrders() {
    const row = this.#context.store.first(
      "select count(*) as n from orders where shop = ? and customer = ? and deleted is null and test = 0",
      this.#context.shop.id,
      this.#n,
    );
    return String(row?.["n"] ?? 0);
  }
  get amountSpent() {
    const { shop, store } = this.#context;
    const rows = store.all(
      `select ${orderColumns} from orders where shop = ? and customer = ? and deleted is null and test = 0 and cancelled is null`,
      shop.id,
      this.#n,
    );
    const minor = rows
      .map((row) => shop.order(row))
      .reduce((sum, order) => sum + totalOf(order) - refundedOf(order), 0);
    return shopMoney(shop.seed, minor);
  }
}

export const customerNode = (context: AdminContext, n: number): CustomerNode => new CustomerNode(n, context);

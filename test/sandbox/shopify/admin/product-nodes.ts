// Products, their variants and what a piece costs the merchant.
import { isoSeconds } from "../../clock.ts";
import { cachedProduct } from "../seed/order-draft.ts";
import { variantsPerProduct, type Product, type Variant } from "../seed/products.ts";
import { gid, type AdminContext } from "./context.ts";
import { amountText, shopMoney } from "./money.ts";
import { pageOfList, type PageArguments } from "./paging.ts";

function times(context: AdminContext, p: number): { createdAt: string; updatedAt: string } {
  const row = context.store.first("select created, updated from products where shop = ? and n = ?", context.shop.id, p);
  return {
    createdAt: isoSeconds(Number(row?.["created"] ?? context.shop.anchor)),
    updatedAt: isoSeconds(Number(row?.["updated"] ?? context.shop.anchor)),
  };
}

class VariantNode {
  readonly __typename = "ProductVariant";
  readonly #variant: Variant;
  readonly #context: AdminContext;

  constructor(variant: Variant, context: AdminContext) {
    this.#variant = variant;
    this.#context = context;
  }
  get id() {
    return gid("ProductVariant", this.#context.shop.numericId(this.#variant.n));
  }
  get legacyResourceId() {
    return String(this.#context.shop.numericId(this.#variant.n));
  }
  get title() {
    return this.#variant.title;
  }
  get displayName() {
    return `${cachedProduct(this.#context.shop.seed, this.#variant.product).title} - ${this.#variant.title}`;
  }
  get sku() {
    return this.#variant.sku;
  }
  get barcode() {
    return null;
  }
  get price() {
    return amountText(this.#variant.price, this.#context.shop.seed.exponent);
  }
  get position() {
    return (this.#variant.n % variantsPerProduct) + 1;
  }
  get taxable() {
    return true;
  }
  get createdAt() {
    return times(this.#context, this.#variant.product).createdAt;
  }
  get updatedAt() {
    return times(this.#context, this.#variant.product).updatedAt;
  }
  get product() {
    return productNode(this.#context, this.#variant.product);
  }
  get inventoryItem() {
    const { cost, n, sku } = this.#variant;
    return {
      __typename: "InventoryItem",
      id: gid("InventoryItem", this.#context.shop.numericId(n)),
      legacyResourceId: String(this.#context.shop.numericId(n)),
      sku,
      tracked: true,
      requiresShipping: true,
      unitCost: cost === null ? null : shopMoney(this.#context.shop.seed, cost),
      createdAt: this.createdAt,
      updatedAt: this.updatedAt,
    };
  }
}

class ProductNode {
  readonly __typename = "Product";
  readonly #product: Product;
  readonly #context: AdminContext;

  constructor(product: Product, context: AdminContext) {
    this.#product = product;
    this.#context = context;
  }
  get id() {
    return gid("Product", this.#context.shop.numericId(this.#product.n));
  }
  get legacyResourceId() {
    return String(this.#context.shop.numericId(this.#product.n));
  }
  get title() {
    return this.#product.title;
  }
  get handle() {
    return `product-${this.#product.n}`;
  }
  get status() {
    return this.#product.status;
  }
  get vendor() {
    return this.#context.shop.seed.name;
  }
  get productType() {
    return this.#product.isGiftCard ? "Gift card" : "";
  }
  get isGiftCard() {
    return this.#product.isGiftCard;
  }
  get tags() {
    return [];
  }
  get totalInventory() {
    return 100;
  }
  get createdAt() {
    return times(this.#context, this.#product.n).createdAt;
  }
  get updatedAt() {
    return times(this.#context, this.#product.n).updatedAt;
  }
  get publishedAt() {
    return this.createdAt;
  }
  get variantsCount() {
    return { count: this.#product.variants.length, precision: "EXACT" };
  }
  variants(args: PageArguments) {
    return pageOfList(
      this.#product.variants.map((variant) => new VariantNode(variant, this.#context)),
      args,
      this.#context.isBulk,
    );
  }
}

export const productNode = (context: AdminContext, p: number): ProductNode =>
  new ProductNode(cachedProduct(context.shop.seed, p), context);

export function variantNode(context: AdminContext, n: number): VariantNode | null {
  const product = Math.floor(n / variantsPerProduct);
  if (product >= context.shop.seed.products) return null;
  const variant = cachedProduct(context.shop.seed, product).variants[n % variantsPerProduct];
  return variant ? new VariantNode(variant, context) : null;
}

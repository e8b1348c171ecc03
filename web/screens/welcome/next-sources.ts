import { comesInFiles } from "../../routes.ts";
import type { CatalogPlatform } from "../datasources/datasources.documents.ts";

type Kind = Pick<CatalogPlatform, "category" | "method">;
export type NextKind = "shop" | "ads" | "mail" | "costs";

/** What says most beside each other, in the order in which it is suggested. */
const kinds: readonly (readonly [NextKind, (platform: Kind) => boolean])[] = [
  ["shop", ({ category }) => category === "ECOMMERCE"],
  ["ads", ({ category }) => category === "ADS"],
  ["mail", ({ category }) => category === "EMAIL_SMS"],
  ["costs", ({ method }) => comesInFiles(method)],
];

const AT_ONCE = 2;

/** What of it is missing, and can be connected. */
export function nextSources<One extends Kind & Pick<CatalogPlatform, "isConnectable">>(
  catalog: readonly One[],
  connected: readonly Kind[],
): { kind: NextKind; platform: One }[] {
  return kinds
    .filter(([, isOf]) => !connected.some(isOf))
    .flatMap(([kind, isOf]) => {
      const platform = catalog.find((one) => one.isConnectable && isOf(one));
      return platform ? [{ kind, platform }] : [];
    })
    .slice(0, AT_ONCE);
}

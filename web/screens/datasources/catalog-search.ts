import { fold } from "../../parts/fold.ts";
import type { CatalogPlatform, Category } from "./datasources.documents.ts";

export type Chosen = Category | "ALL" | "MORE";

interface Chips {
  readonly shown: readonly Category[];
  /** What stands alone, together. */
  readonly rest: readonly Category[];
  readonly choices: readonly [Chosen, ...Chosen[]];
}

/** A chip for a category of two or more; what stands alone goes together, so that the chips keep to one line. */
export function chipsOf(platforms: readonly Pick<CatalogPlatform, "category">[]): Chips {
  const all = [...new Set(platforms.map((platform) => platform.category))];
  const isLarge = (which: Category): boolean =>
    which !== "OTHER" && platforms.filter((platform) => platform.category === which).length > 1;
  const [shown, rest] = [all.filter(isLarge), all.filter((which) => !isLarge(which))];
  return { shown, rest, choices: ["ALL", ...shown, ...(rest.length > 0 ? ["MORE" as const] : [])] };
}

export function searchCatalog<
  P extends Pick<CatalogPlatform, "title" | "summary" | "searchTerms" | "powers" | "category">,
>(platforms: readonly P[], typed: string, categoryWord: (category: Category) => string): P[] {
  const words = fold(typed).split(" ").filter(Boolean);
  if (words.length === 0) return [...platforms];
  return platforms.filter((platform) => {
    const text = fold(
      [
        platform.title,
        platform.summary,
        categoryWord(platform.category),
        ...platform.searchTerms,
        ...platform.powers,
      ].join(" "),
    );
    return words.every((word) => text.includes(word) || text.replaceAll(" ", "").includes(word));
  });
}

import { fold } from "../../parts/fold.ts";
import type { CatalogPlatform, Category } from "./datasources.documents.ts";

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

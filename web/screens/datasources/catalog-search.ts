import type { CatalogPlatform, Category } from "./datasources.documents.ts";

/** Folds case, marks and the Assamese ra, so that "ŠHOPIFY" and ৰ or র find the same. */
export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replaceAll("র", "ৰ")
    .toLocaleLowerCase("en")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
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

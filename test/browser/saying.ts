// What a screen says: each row a scene of the gallery, a place on it and the words.
import type { Locator, Page } from "playwright-core";
import type { OwnGallery } from "./own-gallery.ts";

export interface Row {
  readonly what: string;
  readonly scene: string;
  readonly at: (page: Page) => Locator;
  readonly says: string;
}

/** As it is read: one line, plain spaces. */
export const said = async (place: Locator): Promise<string> => {
  await place.first().waitFor();
  return (await place.first().innerText()).replaceAll(/\s+/gu, " ").trim();
};

export const region = (name: string) => (page: Page) => page.getByRole("region", { name });

/** The rows that are not said, each with what stands in their place. */
export async function unsaid(rows: readonly Row[], page: Page, show: OwnGallery["show"]): Promise<object[]> {
  const missing: object[] = [];
  for (const { what, scene, at, says } of rows) {
    await show(page, scene);
    const butSays = await said(at(page)).catch(String);
    if (!butSays.includes(says)) missing.push({ what, scene, says, butSays: butSays.slice(0, 400) });
  }
  return missing;
}

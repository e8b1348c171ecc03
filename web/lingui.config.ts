import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-po";
import { firstWorded, wordedByKind } from "./build/word-kinds.ts";

/** The words of a first visit, and beside them those that come with a part: `withLateWords` around its import says of which kind. */
const catalog = (path: string, files: readonly string[]) => ({
  path: `<rootDir>/locales/${path}`,
  include: files.map((file) => `<rootDir>/${file}`),
});

export default defineConfig({
  locales: ["en", "hi", "as"],
  sourceLocale: "en",
  catalogs: [
    catalog("{locale}", firstWorded),
    ...[...wordedByKind].map(([kind, files]) => catalog(`${kind}/{locale}`, files)),
  ],
  format: formatter({ lineNumbers: false, origins: false }),
});

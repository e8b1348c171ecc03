import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-po";

export default defineConfig({
  locales: ["en", "hi", "as"],
  sourceLocale: "en",
  catalogs: [
    {
      path: "<rootDir>/locales/{locale}",
      include: ["<rootDir>/"],
      exclude: ["**/node_modules/**", "**/dist/**", "**/gallery/**", "**/*.test.*"],
    },
  ],
  format: formatter({ lineNumbers: false, origins: false }),
});

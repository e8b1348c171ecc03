import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-po";

/** What hardly a first visit opens: whoever loads one of these does so by `withLateWords`. */
export const late = ["access-review", "connect", "files", "plan", "reauthorize", "tokens"];
const never = ["**/node_modules/**", "**/dist/**", "**/gallery/**", "**/*.test.*"];

export default defineConfig({
  locales: ["en", "hi", "as"],
  sourceLocale: "en",
  catalogs: [
    {
      path: "<rootDir>/locales/{locale}",
      include: ["<rootDir>/"],
      exclude: [...never, ...late.map((screen) => `<rootDir>/screens/${screen}/**`)],
    },
    {
      path: "<rootDir>/locales/late/{locale}",
      include: late.map((screen) => `<rootDir>/screens/${screen}/`),
      exclude: never,
    },
  ],
  format: formatter({ lineNumbers: false, origins: false }),
});

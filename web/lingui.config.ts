import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-po";

/** What hardly a first visit opens: whoever loads one of these does so by `withLateWords`, and gets the words of its kind. */
export const late = {
  connect: ["connect"],
  late: ["access-review", "files", "inbox", "plan", "reauthorize", "runs", "session", "settings", "tokens"],
} as const;
const kinds = Object.entries(late);
const never = ["**/node_modules/**", "**/dist/**", "**/gallery/**", "**/*.test.*"];

export default defineConfig({
  locales: ["en", "hi", "as"],
  sourceLocale: "en",
  catalogs: [
    {
      path: "<rootDir>/locales/{locale}",
      include: ["<rootDir>/"],
      exclude: [...never, ...kinds.flatMap(([, screens]) => screens.map((screen) => `<rootDir>/screens/${screen}/**`))],
    },
    ...kinds.map(([kind, screens]) => ({
      path: `<rootDir>/locales/${kind}/{locale}`,
      include: screens.map((screen) => `<rootDir>/screens/${screen}/`),
      exclude: never,
    })),
  ],
  format: formatter({ lineNumbers: false, origins: false }),
});

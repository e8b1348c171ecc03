import { defineConfig } from "@lingui/cli";
import config from "./lingui.config.ts";

/** English as no language writes it: marked at both ends, every letter with a sign, and 40% longer. For the gallery alone. */
export default defineConfig({
  ...config,
  pseudoLocale: { locale: "en", prepend: "⊏", append: "⊐", extend: 0.4, extendCharacter: " x" },
});

import { lingui, linguiTransformerBabelPreset } from "@lingui/vite-plugin";
import babel from "@rolldown/plugin-babel";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { persistedDocuments } from "./build/persisted-documents.ts";

const here = import.meta.dirname;
const api = process.env["API_ORIGIN"] ?? "http://127.0.0.1:4000";

/** `vite build --mode gallery` keeps the gallery in, for pictures and browser tests; `--mode pseudo` has it in words that are no language's. */
const galleries = ["gallery", "pseudo"];

export default defineConfig(({ command, mode }) => ({
  root: here,
  plugins: [
    react(),
    babel({ presets: [linguiTransformerBabelPreset({}, { cwd: here })] }),
    lingui({ cwd: here, ...(mode === "pseudo" && { configPath: "lingui.pseudo.config.ts" }) }),
    tailwindcss(),
    command === "build" && persistedDocuments(here),
  ],
  define: { __GALLERY__: JSON.stringify(command === "serve" || galleries.includes(mode)) },
  build: {
    outDir: galleries.includes(mode) ? "node_modules/.gallery" : "dist",
    // The content policy allows no data: addresses and nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
    sourcemap: false,
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      // Not the module of this name beside it.
      "^/graphql(?:\\?|$)": { target: api, ws: true },
      "/api": api,
      "/oauth": api,
      "/healthz": api,
    },
  },
}));

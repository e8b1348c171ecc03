// Where the files of a run keep the gallery that the first of them builds (test/browser/gallery-site.ts).
import { rmSync } from "node:fs";
import type { TestProject } from "vitest/node";
import { scratchFolder } from "./services.ts";

declare module "vitest" {
  export interface ProvidedContext {
    galleryFolder: string;
  }
}

export default function setup(project: TestProject): () => void {
  const folder = scratchFolder("gallery");
  project.provide("galleryFolder", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}

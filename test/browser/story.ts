// Tests that are steps of one story: when a step fails, those after it could only fail for the same reason.
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { OwnStack } from "./own-stack.ts";
import { picture, type Visit } from "./visit.ts";

export function tellInOrder(): void {
  let brokenAt: string | null = null;
  beforeEach(({ skip }) => skip(brokenAt !== null, `the step before failed: ${brokenAt}`));
  afterEach(({ task }) => {
    if (task.result?.state === "fail") brokenAt ??= task.name;
  });
}

/** One person's story from the beginning of a file to its end; of the step that fails there is a picture. */
export function tellOfOne(own: OwnStack, name: string, begins: (person: Visit) => void): void {
  let person: Visit | undefined;
  tellInOrder();
  beforeAll(async () => {
    person = await own.visit();
    begins(person);
  });
  afterAll(() => person?.[Symbol.asyncDispose]());
  afterEach(async ({ task }) => {
    if (person && task.result?.state === "fail") await picture(person, `${name}-failed`);
  });
}

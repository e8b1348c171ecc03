// Tests that are steps of one story: when a step fails, those after it could only fail for the same reason.
import { afterEach, beforeEach } from "vitest";

export function tellInOrder(): void {
  let brokenAt: string | null = null;
  beforeEach(({ skip }) => skip(brokenAt !== null, `the step before failed: ${brokenAt}`));
  afterEach(({ task }) => {
    if (task.result?.state === "fail") brokenAt ??= task.name;
  });
}

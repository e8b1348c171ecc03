import { defineQuery, defineSignal } from "@temporalio/workflow";
import { MESSAGES } from "../lifecycle/names.ts";
import type { Knowledge } from "../lifecycle/phases.ts";
import type { BackfillNews } from "./input.ts";

/** Something is new in the rows; which version of them, so that a ring heard twice is read once. */
export const intent = defineSignal<[{ readonly version: number }]>(MESSAGES.intent);
/** From child to entity. A hint: the rows decide. */
export const backfillDone = defineSignal<[BackfillNews]>(MESSAGES.backfillDone);
/** For support only: it needs a live worker and may replay. */
export const debugState = defineQuery<Knowledge | null>(MESSAGES.debugState);

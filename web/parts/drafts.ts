import { keptUnder } from "./kept.ts";

/** What was said in a form and not sent yet, through a reload of this tab. */
export const drafts = keptUnder("headwater.draft.", () => sessionStorage);

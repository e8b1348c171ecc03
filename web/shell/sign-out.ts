import { drafts } from "../parts/drafts.ts";
import { to } from "../routes.ts";
import { forgetRecent } from "./palette/recent.ts";

/** A whole new page, so that nothing of the last person stays in memory. */
export async function signOut(): Promise<void> {
  const answer = await fetch("/api/auth/sign-out", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  }).catch(() => null); // not reached, so not signed out
  if (answer?.ok === true) {
    forgetRecent();
    drafts.forget();
  }
  // The first page finds out who is still signed in, so nobody takes a sign-out that failed for one that did not.
  location.assign(answer?.ok === true ? to.signIn() : "/");
}

import { to } from "../routes.ts";

/** A whole new page, so that nothing of the last person stays in memory. */
export async function signOut(): Promise<void> {
  await fetch("/api/auth/sign-out", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  }).catch(() => null);
  location.assign(to.signIn());
}

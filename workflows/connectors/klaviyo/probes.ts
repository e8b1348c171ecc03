// What a key may read is found out by reading one page of each: Klaviyo tells nobody what a key was given.
import { isSourceFailure, type Failure } from "../failure.ts";
import type { Scope } from "../catalog-entry.ts";
import { apiUrl, type Call, type Caller } from "./api.ts";

const email = "equals(messages.channel,'email')";

/** `accounts:read` has its own, which says who it is as well. */
export const probes: readonly { readonly scope: Scope; readonly call: Call }[] = [
  {
    scope: "metrics:read",
    call: { url: apiUrl("metrics"), endpoint: "metrics", scope: "metrics:read", purpose: "metrics" },
  },
  {
    scope: "campaigns:read",
    // Without a page size, which not every revision takes here.
    call: {
      url: apiUrl("campaigns", { filter: email }),
      endpoint: "campaigns",
      scope: "campaigns:read",
      purpose: "campaigns.probe",
    },
  },
  {
    scope: "flows:read",
    call: {
      url: apiUrl("flows", { "page[size]": "1" }),
      endpoint: "flows",
      scope: "flows:read",
      purpose: "flows.probe",
    },
  },
];

/** Null when it may be read. What is no refusal of this scope is thrown on. */
export async function refusalOf(caller: Caller, call: Call): Promise<Failure | null> {
  try {
    await caller(call);
    return null;
  } catch (error) {
    if (isSourceFailure(error) && error.failure.class === "permission") return error.failure;
    throw error;
  }
}

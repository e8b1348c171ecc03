/** What can be asked of those who may, each with the row of the permission table that says who may. */
import { may } from "../access/permissions.ts";
import type { Permission } from "../access/permissions.ts";
import type { Caller } from "../access/caller.ts";

const MAY = {
  reconnect: "consent",
  repair: "manageDatasources",
  connect: "consent",
  changePlan: "setPlan",
  seePlan: "manageDatasources",
  seeAccessReview: "manageDatasources",
  apiToken: "manageTokens",
} as const satisfies Readonly<Record<string, Permission>>;

export type RequestAbout = keyof typeof MAY;

export const isAbout = (value: unknown): value is RequestAbout => typeof value === "string" && value in MAY;
const ABOUTS = Object.keys(MAY).filter(isAbout);
export const isOfDatasource = (about: RequestAbout): boolean => about === "reconnect" || about === "repair";
export const mayDo = (caller: Caller, about: RequestAbout): boolean => may(caller, MAY[about]);

/** Those that are for this person to do, and so for them to be told of; an API token is asked nothing. */
export const askedOf = (caller: Caller): readonly RequestAbout[] =>
  caller.kind === "person" ? ABOUTS.filter((about) => mayDo(caller, about)) : [];

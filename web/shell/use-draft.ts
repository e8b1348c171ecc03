import { useState } from "react";
import { drafts } from "../parts/drafts.ts";
import { usePlace } from "./organisation.tsx";

interface WhoseDraft {
  person: string;
  organisation: string;
  /** What it is said of: a file, a sign-in. */
  of: string;
}

const begins = ({ person, organisation, of }: WhoseDraft): string => `${person}.${organisation}.${of}.`;

/** Nothing is left to be said of it. */
export const forgetDraftsOf = (whose: WhoseDraft): void => drafts.forget(begins(whose));

/** What a person says of something and has not sent: kept through a reload, for them alone and in this organisation. Null: nothing. */
export function useDraft<T>(of: string, form: string, isShaped: (kept: unknown) => kept is T) {
  const { me, organisation } = usePlace();
  const name = begins({ person: me.id, organisation: organisation.id, of }) + form;
  const [said, setSaid] = useState<T | null>(() => keptAs(drafts.read(name), isShaped));
  const say = (next: T | null): void => {
    setSaid(next);
    drafts.keep(name, next === null ? null : JSON.stringify(next));
  };
  return [said, say] as const;
}

/** Null where it is of another shape, as an older page of ours may have left it. */
export function keptAs<T>(text: string | null, isShaped: (kept: unknown) => kept is T): T | null {
  try {
    const kept: unknown = text === null ? null : JSON.parse(text);
    return isShaped(kept) ? kept : null;
  } catch {
    return null; // no JSON: somebody else's
  }
}

export const isText = (kept: unknown): kept is string => typeof kept === "string";
export const isTexts = (kept: unknown): kept is string[] => Array.isArray(kept) && kept.every(isText);
export const isTextByName = (kept: unknown): kept is Record<string, string> =>
  typeof kept === "object" && kept !== null && !Array.isArray(kept) && Object.values(kept).every(isText);

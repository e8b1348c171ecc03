import { useState } from "react";
import * as v from "valibot";
import { drafts } from "../parts/drafts.ts";
import { usePlace } from "./organisation.tsx";

interface WhoseDraft {
  person: string;
  /** What it is said of: a file, a sign-in. */
  of: string;
}

const begins = ({ person, of }: WhoseDraft): string => `${person}.${of}.`;

/** Nothing is left to be said of it. */
export const forgetDraftsOf = (whose: WhoseDraft): void => drafts.forget(begins(whose));

/** What a person says of something and has not sent: kept through a reload, for them alone. Null: nothing. */
export function useDraft<T>(of: string, form: string, shape: v.GenericSchema<unknown, T>) {
  const { me } = usePlace();
  const name = begins({ person: me.id, of }) + form;
  const [said, setSaid] = useState<T | null>(() => keptAs(name, shape));
  const say = (next: T | null): void => {
    setSaid(next);
    drafts.keep(name, next === null ? null : JSON.stringify(next));
  };
  return [said, say] as const;
}

function keptAs<T>(name: string, shape: v.GenericSchema<unknown, T>): T | null {
  const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), shape), drafts.read(name));
  return kept.success ? kept.output : null;
}

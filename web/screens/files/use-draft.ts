import { useState } from "react";
import * as v from "valibot";
import { drafts } from "../../parts/drafts.ts";
import { usePlace } from "../../shell/organisation.tsx";

interface WhoseDraft {
  person: string;
  upload: string;
}

const begins = ({ person, upload }: WhoseDraft): string => `${person}.${upload}.`;

/** Nothing is left to be said of the file. */
export const forgetDraftsOf = (whose: WhoseDraft): void => drafts.forget(begins(whose));

/** What a person says of a file and has not sent: kept through a reload, for them alone. Null: nothing. */
export function useDraft<T>(upload: string, form: string, shape: v.GenericSchema<unknown, T>) {
  const { me } = usePlace();
  const name = begins({ person: me.id, upload }) + form;
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

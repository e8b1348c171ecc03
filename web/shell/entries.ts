import { useLingui } from "@lingui/react/macro";
import { useLive } from "../live/live.tsx";
import type { IconName } from "../parts/icon.tsx";
import { to } from "../routes.ts";
import { useMay, usePlace } from "./organisation.tsx";
import { countNeeding } from "./page.tsx";

export interface Entry {
  href: string;
  label: string;
  icon: IconName;
  count?: number;
}

export interface Entries {
  home: Entry;
  datasources: Entry;
  review: Entry | null;
  plan: Entry | null;
  tokens: Entry | null;
}

/** The screens that this person may open. */
export function useEntries(): Entries {
  const { t } = useLingui();
  const { organisation } = usePlace();
  const needing = useLive(countNeeding);
  const mayTokens = useMay("MANAGE_TOKENS");
  const mayReview = useMay("MANAGE_DATASOURCES");
  return {
    home: { href: to.overview(organisation.slug), label: t`Brand Overview`, icon: "home" },
    datasources: { href: to.datasources(organisation.slug), label: t`Datasources`, icon: "plug", count: needing },
    review: mayReview ? { href: to.accessReview(organisation.slug), label: t`Access review`, icon: "shield" } : null,
    plan: mayReview ? { href: to.plan(organisation.slug), label: t`Plan and usage`, icon: "lines" } : null,
    tokens: mayTokens ? { href: to.tokens(organisation.slug), label: t`API tokens`, icon: "key" } : null,
  };
}

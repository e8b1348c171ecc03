import { type ReactNode, useEffect, useState } from "react";
import { Mark } from "../../parts/icon.tsx";
import type { Language } from "../../format/words.ts";
import { chooseLanguage } from "../../language.tsx";
import { usePreferences } from "../../preferences.ts";
import { languageNames } from "../../shell/language-names.ts";
import { Trans, useLingui } from "@lingui/react/macro";
import "./entry.css";

/** One column on plain canvas, the mark on top, the language at the foot. */
export function EntryPage({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useLingui();
  const { language } = usePreferences();
  const [isUnheard, setUnheard] = useState(false);
  const choose = (value: Language): void => {
    setUnheard(false);
    void chooseLanguage(value).catch(() => setUnheard(true));
  };
  useEffect(() => {
    document.title = `${title} · Headwater`;
  }, [title]);
  return (
    <main className="entry">
      <div className="col">
        <Mark />
        <h1>{title}</h1>
        {children}
      </div>
      <nav className="langs" aria-label={t`Language`}>
        {languageNames.map(({ value, label, lang }) => (
          <button key={value} type="button" lang={lang} aria-pressed={value === language} onClick={() => choose(value)}>
            {label}
          </button>
        ))}
      </nav>
      {isUnheard && (
        <p className="sm bad" role="alert">
          <Trans>Headwater did not answer.</Trans> <Trans>Nothing was changed. Try again in a moment.</Trans>
        </p>
      )}
    </main>
  );
}

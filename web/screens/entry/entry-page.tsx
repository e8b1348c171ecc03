import { type ReactNode, useEffect } from "react";
import { Mark } from "../../parts/icon.tsx";
import { setPreferences, usePreferences } from "../../preferences.ts";
import { languageNames } from "../../shell/language-names.ts";
import { useLingui } from "@lingui/react/macro";
import "./entry.css";

/** One column on plain canvas, the mark on top, the language at the foot. */
export function EntryPage({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useLingui();
  const { language } = usePreferences();
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
          <button
            key={value}
            type="button"
            lang={lang}
            aria-pressed={value === language}
            onClick={() => setPreferences({ language: value })}
          >
            {label}
          </button>
        ))}
      </nav>
    </main>
  );
}

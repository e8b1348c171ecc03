import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useFormat } from "../../language.tsx";
import { Field } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { gapBetween, readAmount, sumsOf } from "./expected-amounts.ts";
import type { Upload } from "./files.documents.ts";
import { isTextByName, useDraft } from "../../shell/use-draft.ts";

export interface ExpectedTotals {
  readonly totals: { currency: string; amount: string }[];
  /** Every field holds an amount or nothing, and a difference was agreed to. */
  readonly isSettled: boolean;
  readonly acceptDifference: boolean;
}

/** What is agreed to is agreed to of one reading of the file: it is asked anew where another comes to something else. */
export const readingOf = ({ totals, counts, mode }: Upload): string => JSON.stringify([totals, counts, mode]);

/** What somebody expects of a file is theirs to say; what follows from it is counted here. */
export function useExpected(upload: Upload) {
  const [said, say] = useDraft(upload.id, "expected", isTextByName);
  const typed: Readonly<Record<string, string>> =
    said ?? Object.fromEntries(upload.expectedTotals.map(({ currency, expected }) => [currency, expected]));
  const reading = readingOf(upload);
  const [agreedTo, setAgreedTo] = useState<string | null>(null);
  const agreed = agreedTo === reading;
  const lines = sumsOf(upload.totals).map(({ currency, amount }) => {
    const text = typed[currency] ?? "";
    const expected = readAmount(text);
    return { currency, found: amount, text, expected, gap: expected === null ? null : gapBetween(amount, expected) };
  });
  const differs = lines.some(({ gap }) => gap !== null && gap !== "0");
  const isRead = lines.every(({ text, expected }) => text.trim() === "" || expected !== null);
  const known = lines.flatMap(({ currency, expected }) => (expected === null ? [] : [{ currency, amount: expected }]));
  // What a program said of a currency that the file does not hold stays said.
  const beside = upload.expectedTotals.filter(({ currency }) => lines.every((line) => line.currency !== currency));
  const totals = [...known, ...beside.map(({ currency, expected }) => ({ currency, amount: expected }))];
  const isOff = differs || beside.some(({ difference }) => difference !== "0");
  const result: ExpectedTotals = { totals, isSettled: isRead && (!isOff || agreed), acceptDifference: isOff && agreed };
  return {
    lines,
    beside,
    isOff,
    agreed,
    setAgreed: (isAgreed: boolean) => setAgreedTo(isAgreed ? reading : null),
    type: (currency: string, text: string) => say({ ...typed, [currency]: text }),
    result,
  };
}

type Expecting = ReturnType<typeof useExpected>;

/** The file's own sum beside the one that somebody has from elsewhere. */
export function Expected({ expecting }: { expecting: Expecting }) {
  const { t } = useLingui();
  const format = useFormat();
  const { lines, beside, isOff, agreed, setAgreed, type } = expecting;
  if (lines.length === 0) return null;
  return (
    <div className="expected">
      {lines.map(({ currency, found, text, expected, gap }) => (
        <Field
          key={currency}
          label={t`Total that you expect, ${currency}`}
          hint={t`If you know it. The file comes to ${format.money(found, currency)}.`}
          error={text.trim() !== "" && expected === null ? t`Write an amount such as 1234.50` : undefined}
          inputMode="decimal"
          autoComplete="off"
          value={text}
          onChange={(event) => type(currency, event.target.value)}
          after={gap === null ? null : <Gap gap={gap} currency={currency} />}
        />
      ))}
      {beside.map(({ currency, expected }) => (
        <p key={currency} className="sm warn">
          <Trans>{format.money(expected, currency)} was expected; the file holds nothing in this currency.</Trans>
        </p>
      ))}
      {isOff && (
        <label className="row sm">
          <input
            type="checkbox"
            className="chk"
            checked={agreed}
            onChange={(event) => setAgreed(event.target.checked)}
          />
          <Trans>Take it although the total differs</Trans>
        </label>
      )}
    </div>
  );
}

function Gap({ gap, currency }: { gap: string; currency: string }) {
  const format = useFormat();
  return (
    <span className={`xs nowrap st ${gap === "0" ? "ok" : "pill warnp"}`} role="status">
      <Icon name={gap === "0" ? "tick" : "warning"} />
      {gap === "0" ? (
        <Trans comment="the file's total equals the one that was expected">The same</Trans>
      ) : (
        <Trans comment="how far the file's total is from the one that was expected">
          Off by {format.money(gap, currency)}
        </Trans>
      )}
    </span>
  );
}

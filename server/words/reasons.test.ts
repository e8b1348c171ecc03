import { expect, test } from "vitest";
import { EXPIRING_THRESHOLD_MS } from "@headwater/workflows/lifecycle/facts.ts";
import { wordsOfPlatform } from "./platform-words.ts";
import { connectionReasonInWords, dataSyncReasonInWords, type Setting, uploadReasonInWords } from "./reasons.ts";
import { wordsIn } from "./words.ts";

const setting: Setting = {
  words: wordsIn("en"),
  zone: "Asia/Kolkata",
  source: "Meta Ads",
  hasData: true,
  nameOf: async () => "Arjun Rao",
};
const at = Date.UTC(2026, 10, 20, 17, 17);
const HEADWATER = { kind: "system", name: "headwater" };
const theirs = { kind: "system", name: "source:Meta Ads" };

test("a grant that ends asks for somebody since its last two weeks began, by what the source gave", () => {
  const endsAt = at + 3 * 86_400_000;
  expect(connectionReasonInWords({ code: "expiringSoon", endsAt }, setting)).toMatchObject({
    since: new Date(endsAt - EXPIRING_THRESHOLD_MS),
    until: new Date(endsAt),
    by: theirs,
    remedy: { kind: "REAUTHORIZE" },
  });
});

test("what the source ended says so with its time; what one of ours did blames no source", () => {
  const dead = { code: "revoked", since: at, cause: null, lacks: [], found: null, said: null } as const;
  expect(connectionReasonInWords(dead, setting)).toMatchObject({ since: new Date(at), by: theirs });
  for (const cause of ["disconnectUndone", "otherAccount", "alreadyConnected"] as const)
    expect(connectionReasonInWords({ ...dead, cause }, setting), cause).toMatchObject({
      since: new Date(at),
      by: null,
    });
  // Others may stand on the login: then it was revoked nowhere.
  expect(connectionReasonInWords({ ...dead, cause: "disconnectUndone" }, setting).message).not.toContain("revoked");
  expect(connectionReasonInWords({ ...dead, cause: "revokedByOperator" }, setting)).toMatchObject({ by: HEADWATER });
});

test("of a pasted key it is known that the source refuses it, not what became of it there", () => {
  const dead = { code: "revoked", since: at, cause: "revokedAtSource", lacks: [], found: null, said: null } as const;
  const told = connectionReasonInWords(dead, { ...setting, source: "Klaviyo", isKey: true });
  expect(told).toMatchObject({ code: "revokedAtSource", since: new Date(at) });
  expect(told.message).toMatch(/^Klaviyo refuses the key since .+\.$/u);
  expect(connectionReasonInWords(dead, setting).message, "of what a consent gave it is known").toContain("revoked at");
  expect(connectionReasonInWords({ ...dead, cause: "keyRotated" }, { ...setting, isKey: true }).message).toBe(
    connectionReasonInWords({ ...dead, cause: "keyRotated" }, setting).message,
  );
});

test("a sync that credentials stopped stands since then, by the same", async () => {
  expect(await dataSyncReasonInWords({ code: "credentialsDoNotWork", since: at, cause: null }, setting)).toMatchObject({
    since: new Date(at),
    by: theirs,
    remedy: { kind: "REAUTHORIZE" },
  });
  for (const [cause, by] of [
    ["disconnectUndone", null],
    ["revokedByOperator", HEADWATER],
  ] as const)
    expect(
      await dataSyncReasonInWords({ code: "credentialsDoNotWork", since: at, cause }, setting),
      cause,
    ).toMatchObject({ by });
});

test("a file that is refused says what was found in it and how to mend it, never a code", () => {
  const words = wordsOfPlatform("custom-costs", "en");
  const refused = (code: string, value = "", why = "columns") =>
    uploadReasonInWords(words, { code: "file", values: { code, value, why } });
  expect(refused("E_HEADER_MISSING")).toMatchObject({
    message: "No known columns were found.",
    meaning: "Put the column names into the first line, or say what each column means.",
  });
  expect(refused("E_HEADER_MISSING", "who,what ↵ Asha,rent")?.meaning).toMatch(
    /\. The file begins: who,what ↵ Asha,rent$/u,
  );
  expect(refused("E_HEADER_MISSING", "", "kind")?.message).toBe("No column says of which kind each cost is.");
  expect(refused("E_HEADER_MISSING", "", "some")?.message).toBe("It lacks columns that every file of costs needs.");
  expect(refused("E_HEADER_DUP", "amount")?.message).toBe("Two columns mean the same: amount.");
  expect(uploadReasonInWords(words, { code: "discarded" })?.message).toBe("Somebody put it aside.");
  expect(uploadReasonInWords(words, null)).toBeNull();
});

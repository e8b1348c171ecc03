import type { LiveDatasource } from "../live/live.documents.ts";
import type { Feed, Upload } from "../screens/files/files.documents.ts";
import type { Review } from "../screens/files/review.documents.ts";
import { refusedReview, review } from "./file-reviews.ts";
import { ago, datasourceFixture, reason } from "./fixtures.ts";
import { FeedDialog } from "../screens/files/feed-dialog.tsx";
import { KeyDialog } from "../screens/files/key-dialog.tsx";
import type { Scene } from "./scene.ts";
import type { SceneSetting } from "./scene-frame.tsx";
import { pullsFixture, reachFixture } from "./repair-answers.ts";
import { DetailScene, list } from "./scene-pages.tsx";

const may = ["UPLOAD", "RENAME", "DISCONNECT"] as const;

export const costs: LiveDatasource = {
  ...datasourceFixture({
    id: "costs",
    name: "Custom costs",
    account: { externalId: "costs", name: "Monsoon & Moss", domain: null, currency: "INR", zone: "Asia/Kolkata" },
    grant: null,
    takesSlot: false,
    viewerCan: may.map((action) => ({ action, isAllowed: true, reason: null })),
  }),
  platform: {
    id: "p-costs",
    name: "custom-costs",
    title: "Custom costs",
    category: "OTHER",
    method: "FILE_UPLOAD",
    policyUrl: null,
  },
};

const counts = {
  rows: "214",
  ok: "214",
  errors: "0",
  empty: "0",
  warnings: "0",
  inserted: "12",
  updated: "3",
  deleted: "0",
  ignored: "0",
};

const upload = (more: Partial<Upload> & Pick<Upload, "id" | "filename" | "state">): Upload => ({
  key: more.id,
  by: { kind: "PERSON", name: "Ananya Das" },
  how: "browser",
  at: ago(17 * 1440),
  settledAt: ago(17 * 1440),
  bytes: "18240",
  received: "18240",
  percent: 100,
  mode: "UPSERT",
  isDryRun: false,
  counts,
  totals: [{ costType: "fixed", currency: "INR", amount: "312000.00", count: "4", adSpend: null }],
  reason: null,
  reportUrl: null,
  canMap: false,
  canUndo: true,
  expectedTotals: [],
  check: null,
  ...more,
});

const equal: NonNullable<Upload["check"]> = { state: "EQUAL", at: ago(200), sums: [] };
const different = {
  costType: "fixed",
  currency: "INR",
  inFile: "312000.00",
  ours: "311999.50",
  rowsInFile: "4",
  ourRows: "4",
  isEqual: false,
};

export const past = [
  upload({ id: "u1", filename: "costs-november.csv", state: "COMMITTED", check: { ...equal, at: ago(90) } }),
  upload({
    id: "u2",
    filename: "costs-october.csv",
    state: "COMMITTED",
    at: ago(48 * 1440),
    check: { ...equal, state: "DIFFERENT", sums: [different] },
  }),
  upload({
    id: "u0",
    filename: "costs-june.csv",
    state: "COMMITTED",
    at: ago(160 * 1440),
    check: { ...equal, state: "FILE_GONE" },
  }),
  upload({
    id: "u3",
    filename: "costs.xlsx",
    state: "REJECTED",
    canUndo: false,
    counts: { ...counts, rows: "0" },
    totals: [],
    reason: reason("This is an Excel file. Save it as CSV (UTF-8) and give it again."),
  }),
];

export const waiting = upload({
  expectedTotals: [{ currency: "INR", expected: "312500", difference: "-500" }],
  id: "u9",
  filename: "costs-2026-11 (final) Ünterlagen.csv",
  state: "NEEDS_CONFIRMATION",
  canUndo: false,
  at: ago(1),
  settledAt: null,
  counts: { ...counts, rows: "217", ok: "214", errors: "2", empty: "1", warnings: "3", inserted: "190", updated: "24" },
  totals: [
    { costType: "fixed", currency: "INR", amount: "240000.00", count: "1", adSpend: null },
    { costType: "marketing", currency: "INR", amount: "72000.00", count: "3", adSpend: "45000.00" },
  ],
  reportUrl: "/v1/uploads/u9/report.csv",
});

const refused = upload({
  id: "u10",
  filename: "landed-rates.csv",
  state: "REJECTED",
  canMap: true,
  canUndo: false,
  at: ago(1),
  counts: { ...counts, rows: "0", ok: "0", errors: "1" },
  totals: [],
  reason: {
    ...reason("No known columns were found."),
    meaning:
      "Put the column names into the first line, or say what each column means. The file begins: Item code,Landed rate ↵ 00042,3.10",
  },
});
const feed = (more: Partial<Feed> & Pick<Feed, "id" | "name" | "state">): Feed => ({
  kind: "https",
  url: "https://docs.example.com/spreadsheets/d/1x/export?format=csv",
  host: null,
  port: null,
  pattern: null,
  hostKey: null,
  metHostKey: null,
  user: null,
  auth: "none",
  hasSecret: false,
  mode: "UPSERT",
  everyMinutes: 1440,
  since: ago(900),
  triedAt: ago(12),
  pulledAt: ago(340),
  dueAt: null,
  reason: null,
  ...more,
});
const sftp = (more: Partial<Feed> & Pick<Feed, "id" | "name" | "state">): Feed =>
  feed({
    kind: "sftp",
    url: null,
    host: "sftp.warehouse.example",
    port: 22,
    pattern: "/out/*.csv",
    user: "moss",
    auth: "password",
    hasSecret: true,
    pulledAt: null,
    ...more,
  });
const [agreed, met] = [
  "uNiVztksCsDhcc0u9e8BrAJxxfqUg8zkP1mPbNQJ6Ko",
  "+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
].map((hash) => `ssh-ed25519 SHA256:${hash}`);
const newKey = sftp({
  id: "f3",
  name: "Warehouse server",
  state: "UNPROVEN",
  metHostKey: met ?? null,
  reason: reason("The server has shown its key. Nothing is fetched until you agree to it."),
});
const changedKey = sftp({
  id: "f4",
  name: "Courier",
  state: "REFUSED",
  hostKey: agreed ?? null,
  metHostKey: met ?? null,
  pulledAt: ago(1400),
  reason: reason(
    "The server's key is another one than before. Nothing was sent to it. Ask its keeper, then agree to the new key.",
  ),
});
const feeds = [
  newKey,
  changedKey,
  feed({ id: "f1", name: "Cost sheet", state: "OK" }),
  feed({
    id: "f2",
    name: "Warehouse",
    state: "REFUSED",
    url: "https://files.warehouse.example/out/costs-of-every-day-of-the-month.csv",
    auth: "header",
    user: "X-Feed-Key",
    hasSecret: true,
    reason: reason("The server does not take the secret any more. Nothing was fetched."),
  }),
];
const templates = [
  { name: "costs", title: "Costs", url: "/v1/templates/costs.csv" },
  { name: "prices", title: "Price list by SKU", url: "/v1/templates/prices.csv" },
];

const scenes: readonly (readonly [string, readonly Upload[], readonly Feed[], search?: string])[] = [
  ["files", past, feeds],
  ["files-feed-history", [], feeds.slice(2), "feed=f1"],
  ["files-empty", [], []],
  ["files-waiting", [waiting, ...past], feeds],
  [
    "files-moving",
    [upload({ id: "u8", filename: "costs.csv", state: "VALIDATING", percent: 40, canUndo: false }), ...past],
    [],
  ],
];

/** It is taken, and undone, as soon as that is asked. */
function taken(): NonNullable<SceneSetting["answers"]> {
  const done: Upload = { ...waiting, state: "COMMITTED", canUndo: true };
  let now: readonly Upload[] = [waiting, ...past];
  const become = (newest: Upload): Upload => {
    now = [newest, ...past];
    return newest;
  };
  return {
    ...answersOf(now, feeds),
    CostFiles: () => filesOf(now, feeds),
    UploadReview: { node: { ...review, mapping: { ...review.mapping, questions: [] } } },
    ConfirmUpload: () => ({
      result: { __typename: "ConfirmUploadSuccess", upload: become(done), command: null },
    }),
    UndoUpload: () => {
      const undone = become({ ...done, state: "UNDONE", canUndo: false });
      return { result: { __typename: "UndoUploadSuccess", upload: undone, command: null } };
    },
  };
}

/** First it cannot be read what an undo takes with it; then it takes one that is not in the list. */
function undoneWithOlder(): NonNullable<SceneSetting["answers"]> {
  const named = (id: string, filename: string) => ({ __typename: "Upload", id, filename });
  const newer = named("u-newer", "taken-meanwhile.csv");
  let asked = 0;
  let undoTakes = [named("u-older", "given-long-before.csv")];
  const more = {
    __typename: "UploadRefused",
    code: "UPLOAD_REFUSED",
    message: `${newer.filename} was taken since, and would go with it.`,
    meaning: "What stands stays as it is.",
    remedy: null,
  };
  return {
    ...answersOf(past, []),
    UndoTakes: () =>
      asked++ === 0 ? new Error("unreachable") : { node: { __typename: "Upload", id: "u1", undoTakes } },
    UndoUpload: (variables: unknown) => {
      const isSeen = JSON.stringify(variables).includes(newer.id);
      if (!isSeen) undoTakes = [newer, ...undoTakes.slice(-1)];
      const command = { __typename: "Command", id: "undo", kind: "UPLOAD", state: "ACCEPTED" };
      return { result: isSeen ? { __typename: "UndoUploadSuccess", upload: past[0], command } : more };
    },
  };
}

/** Once an answer is given, it is read again for as long as the list is asked for twice; it comes to something else then. */
function readAgain(): NonNullable<SceneSetting["answers"]> {
  let left: number | null = null;
  const read: Upload = {
    ...waiting,
    totals: waiting.totals.map((total) => (total.costType === "fixed" ? { ...total, amount: "237000.00" } : total)),
    expectedTotals: waiting.expectedTotals.map((total) => ({ ...total, difference: "-3500" })),
  };
  const nodes = review.findings.nodes.slice(0, 1).map((finding) => ({ ...finding, line: "112" }));
  const reviewed: Review = { ...review, findings: { ...review.findings, nodes } };
  const now = (): Upload => {
    if (left === null) return waiting;
    return left-- > 0 ? reading : read;
  };
  const reading: Upload = { ...waiting, state: "VALIDATING", percent: 40, settledAt: null };
  return {
    ...answersOf([waiting, ...past], feeds),
    CostFiles: () => filesOf([now(), ...past], feeds),
    UploadReview: () => ({ node: left !== null && left < 0 ? reviewed : review }),
    SetUploadMapping: () => {
      left = 2;
      return { result: { __typename: "SetUploadMappingSuccess", upload: reading, command: null } };
    },
  };
}

const page = { hasNextPage: false };
const none = (): void => undefined;

function filesOf(nodes: readonly Upload[], theirs: readonly Feed[]): unknown {
  const uploads = { nodes, pageInfo: page };
  return { uploadMegabytes: 20, uploadTemplates: templates, datasource: { id: "costs", uploads, feeds: theirs } };
}

export function answersOf(nodes: readonly Upload[], theirs: readonly Feed[]): NonNullable<SceneSetting["answers"]> {
  return {
    CostFiles: filesOf(nodes, theirs),
    UploadReview: { node: review },
    UndoTakes: { node: { __typename: "Upload", id: "u1", undoTakes: [] } },
    FeedPulls: { node: { __typename: "CostFeed", id: "f1", pulls: { nodes: pullsFixture, pageInfo: page } } },
  };
}

export const filesScenes: Scene[] = scenes.map(([name, nodes, theirs, search = ""]) => ({
  name,
  setting: {
    path: `${list}/costs/files`,
    search,
    datasources: [costs],
    answers: answersOf(nodes, theirs),
  },
  show: () => <DetailScene id="costs" tab="files" />,
}));
filesScenes.push({
  name: "files-refused",
  setting: {
    path: `${list}/costs/files`,
    datasources: [costs],
    answers: { ...answersOf([refused, ...past], []), UploadReview: { node: refusedReview } },
  },
  show: () => <DetailScene id="costs" tab="files" />,
});
filesScenes.push({
  name: "files-read-again",
  setting: { path: `${list}/costs/files`, datasources: [costs], answers: readAgain() },
  show: () => <DetailScene id="costs" tab="files" />,
});
filesScenes.push({
  name: "files-undo-takes",
  setting: { path: `${list}/costs/files`, datasources: [costs], answers: undoneWithOlder() },
  show: () => <DetailScene id="costs" tab="files" />,
});
filesScenes.push({
  name: "files-taken",
  setting: { path: `${list}/costs/files`, datasources: [costs], answers: taken() },
  show: () => <DetailScene id="costs" tab="files" />,
});

const dialogs: Record<string, Feed | null> = {
  "files-feed-new": null,
  "files-feed-change": feeds.at(-1) ?? null,
  "files-feed-server": sftp({ id: "f5", name: "Courier", state: "OK", auth: "key", hostKey: agreed ?? null }),
};
const keyDialogs: Record<string, Feed> = {
  "files-key-new": newKey,
  "files-key-changed": changedKey,
  "files-key-asking": { ...newKey, metHostKey: null, reason: null },
};
filesScenes.push({
  name: "settings-files",
  setting: {
    path: `${list}/costs/settings`,
    datasources: [costs],
    answers: { HistoryReach: { datasource: reachFixture() } },
  },
  show: () => <DetailScene id="costs" tab="settings" />,
});
filesScenes.push(
  ...Object.entries(keyDialogs).map(([name, which]): Scene => ({
    name,
    setting: { path: `${list}/costs/files`, datasources: [costs] },
    show: () => <KeyDialog feed={which} onClose={none} onChanged={none} />,
  })),
);
filesScenes.push(
  ...Object.entries(dialogs).map(([name, which]): Scene => ({
    name,
    setting: { path: `${list}/costs/files`, datasources: [costs] },
    show: () => <FeedDialog datasource="costs" feed={which} onClose={none} onSaved={none} />,
  })),
);

// A file on its way in: sent from a browser, and taken in the place of what stands.
import type { Upload } from "../screens/files/files.documents.ts";
import type { Review } from "../screens/files/review.documents.ts";
import { review } from "./file-reviews.ts";
import { answersOf, costs, past, waiting } from "./files-scenes.tsx";
import type { SceneSetting } from "./scene-frame.tsx";
import { DetailScene, list } from "./scene-pages.tsx";
import type { Scene } from "./scene.ts";

const arriving: Upload = { ...waiting, filename: "costs.csv", state: "RECEIVED", percent: 0 };
const replacing: Upload = {
  ...waiting,
  filename: "all-costs.csv",
  mode: "REPLACE_ALL",
  counts: { ...waiting.counts, rows: "214", errors: "0", empty: "0", warnings: "0" },
  expectedTotals: [],
};
const answered: Review = { ...review, mapping: { ...review.mapping, questions: [] } };

const given: Readonly<Record<string, NonNullable<SceneSetting["answers"]>>> = {
  "files-sending": {
    ...answersOf(past, []),
    StartUpload: { result: { __typename: "StartUploadSuccess", putUrl: "/files/u9", upload: arriving } },
  },
  "files-replacing": { ...answersOf([replacing, ...past], []), UploadReview: { node: answered } },
  "files-must-be-whole": {
    ...answersOf([{ ...waiting, mode: "REPLACE_RANGE" }, ...past], []),
    UploadReview: { node: answered },
  },
};

export const takingScenes: Scene[] = Object.entries(given).map(([name, answers]) => ({
  name,
  setting: { path: `${list}/costs/files`, datasources: [costs], answers },
  show: () => <DetailScene id="costs" tab="files" />,
}));

import { OverviewPage } from "../screens/overview/overview-page.tsx";
import { to } from "../routes.ts";
import { Shell } from "../shell/shell.tsx";
import { reauthorized, toldAnew } from "./access-scenes.tsx";
import { runsFixture, slicesFixture } from "./answers.ts";
import { timelineFixture } from "./timeline-answers.ts";
import { review } from "./file-reviews.ts";
import { answersOf, costs, past, waiting } from "./files-scenes.tsx";
import { ago, datasourceFixture } from "./fixtures.ts";
import { overviewFixture } from "./numbers.ts";
import { accessReview, calendar, ending, plan, planSmaller, usage } from "./organisation-scenes.tsx";
import { runAttemptsFixture, runStreamsFixture } from "./repair-answers.ts";
import { DetailScene, list } from "./scene-pages.tsx";
import type { Scene } from "./scene.ts";

const page = { endCursor: null, hasNextPage: false };

/** Each with a number that is found in no other. */
const thousand = <Row,>(row: (n: number) => Row): Row[] => Array.from({ length: 1_000 }, (_, n) => row(10_000 + n));

function first<Row>([row]: readonly Row[]): Row {
  if (row === undefined) throw new Error("The story has none.");
  return row;
}

const [run, slice, entry] = [first(runsFixture), first(slicesFixture), first(timelineFixture)];
const [attempt, given, finding] = [first(runAttemptsFixture), first(past), first(review.findings.nodes)];
const app = first(usage(7).usage.apps);
const usageOf = usage(3);

const runs = thousand((n) => ({ ...run, id: `r${n}`, n }));
const slices = thousand((n) => ({ ...slice, id: `s${n}`, stream: `Stream ${n}` }));
const attempts = thousand((n) => ({ ...attempt, id: `a${n}`, message: `Tried ${n}.` }));
const entries = thousand((n) => ({ ...entry, id: `t${n}`, message: `Told ${n}` }));
const uploads = thousand((n) => ({ ...given, id: `u${n}`, filename: `costs-${n}.csv` }));
const findings = thousand((n) => ({ ...finding, line: String(n), message: `Found ${n}.` }));
const apps = thousand((n) => ({ ...app, datasource: { ...app.datasource, id: `a${n}`, name: `App ${n}` } }));
const choices = apps.map(({ datasource, lastUsedAt }) => ({ ...datasource, lastSuccessAt: lastUsedAt }));
const native = thousand((n) => ({ ...app.datasource, id: `n${n}`, name: `Native ${n}` }));
const unused = thousand((n) =>
  datasourceFixture({ id: `d${n}`, name: `Unused ${n}`, lastSuccessAt: ago((20_000 - n) * 1440) }),
);

/** The first answer is of as many as are shown whole; the next brings all others. */
function inTwo(): () => unknown {
  const pages = [
    { nodes: findings.slice(0, 200), pageInfo: { endCursor: "200", hasNextPage: true } },
    { nodes: findings.slice(200), pageInfo: page },
  ];
  let asked = 0;
  return () => ({ node: { ...review, findings: pages[asked++ % 2] } });
}

const named = thousand((n) => ({ id: `d${n}`, name: `Account ${n}` }));

const overview = overviewFixture();
const source = first(overview.sources);
const sources = named.map((datasource) => ({ ...source, datasource: { ...source.datasource, ...datasource } }));

const runsOf = (from: number): unknown => ({
  datasource: { id: "x", runs: { nodes: runs.slice(from, 60), pageInfo: page } },
});
const entriesOf = (from: number): unknown => ({
  datasource: { id: "x", timeline: { nodes: entries.slice(from, 60), pageInfo: page } },
});

export const longScenes: Scene[] = [
  {
    name: "detail-runs-told",
    setting: {
      path: `${list}/amazon-seller/runs`,
      answers: { DatasourceRuns: toldAnew(runsOf(3), runsOf(0)) },
      word: { commands: reauthorized },
    },
    show: () => <DetailScene id="amazon-seller" tab="runs" />,
  },
  {
    name: "detail-timeline-told",
    setting: {
      path: `${list}/amazon-seller/timeline`,
      answers: { DatasourceTimeline: toldAnew(entriesOf(3), entriesOf(0)) },
      word: { commands: reauthorized },
    },
    show: () => <DetailScene id="amazon-seller" tab="timeline" />,
  },
  {
    name: "detail-runs-thousand",
    setting: {
      path: `${list}/amazon-seller/runs`,
      answers: {
        DatasourceRuns: { datasource: { id: "x", runs: { nodes: runs, pageInfo: page } } },
        RunSlices: {
          node: {
            __typename: "Run",
            id: "r",
            state: "RUNNING",
            attemptLog: attempts,
            attemptsForgotten: 0,
            streams: runStreamsFixture,
            slices: { nodes: slices, pageInfo: page },
          },
        },
      },
    },
    show: () => <DetailScene id="amazon-seller" tab="runs" />,
  },
  {
    name: "detail-timeline-thousand",
    setting: {
      path: `${list}/amazon-seller/timeline`,
      answers: { DatasourceTimeline: { datasource: { id: "x", timeline: { nodes: entries, pageInfo: page } } } },
    },
    show: () => <DetailScene id="amazon-seller" tab="timeline" />,
  },
  {
    name: "files-thousand",
    setting: {
      path: `${list}/costs/files`,
      datasources: [costs],
      answers: {
        ...answersOf([waiting, ...uploads], []),
        UploadReview: { node: { ...review, findings: { nodes: findings, pageInfo: page } } },
      },
    },
    show: () => <DetailScene id="costs" tab="files" />,
  },
  {
    name: "files-in-two",
    setting: {
      path: `${list}/costs/files`,
      datasources: [costs],
      answers: { ...answersOf([waiting], []), UploadReview: inTwo() },
    },
    show: () => <DetailScene id="costs" tab="files" />,
  },
  {
    name: "plan-thousand",
    setting: {
      path: to.plan("monsoon-and-moss"),
      answers: { PlanUsage: { organisation: { ...usageOf, usage: { ...usageOf.usage, apps, native } } } },
    },
    show: plan,
  },
  {
    name: "plan-smaller-thousand",
    setting: {},
    show: () => planSmaller(choices),
  },
  {
    name: "access-review-thousand",
    setting: {
      path: to.accessReview("monsoon-and-moss"),
      datasources: unused,
      answers: {
        GrantCalendar: { organisation: calendar([{ ...ending("Meta Ads", "Priya Nair", 6), datasources: named }]) },
      },
    },
    show: accessReview,
  },
  {
    name: "overview-thousand",
    setting: { answers: { Overview: { overview: { ...overview, sources } } } },
    show: () => (
      <Shell crumbs={[{ label: "Brand Overview" }]}>
        <OverviewPage />
      </Shell>
    ),
  },
];

import { to } from "../routes.ts";
import { accessFixture, catalogFixture } from "./answers.ts";
import { ago, datasourceFixture, reason } from "./fixtures.ts";
import { accessReview, calendar, living } from "./organisation-scenes.tsx";
import { link } from "./repair-answers.ts";
import type { Scene } from "./scene.ts";
import { DetailScene, list, ListScene } from "./scene-pages.tsx";
import { gone } from "./trouble-scenes.tsx";
import { notices } from "./welcome-scenes.tsx";

/** What is answered before the page is told that there is a word of it, and from then on. */
export function toldAnew(before: unknown, after: unknown): () => unknown {
  let answer = before;
  addEventListener("word", () => {
    answer = after;
  });
  return () => answer;
}

const linked = (...links: ReturnType<typeof link>[]): unknown => ({
  datasource: { id: "amazon-seller", reauthorizeLinks: links },
});
const priya = "priya@monsoonandmoss.in";
const accessOf = (holder: string, minutes: number): unknown => ({
  datasource: {
    ...accessFixture,
    grant: accessFixture.grant && { ...accessFixture.grant, holder, createdAt: ago(minutes) },
  },
});
const reviewOf = (holder: string, minutes: number): unknown => ({
  organisation: calendar(
    [],
    [living("Shopify", holder, { createdAt: ago(minutes), givenBy: { kind: "PERSON", name: holder } })],
  ),
});
export const reauthorized = [
  { id: "c-2", kind: "reauthorized", state: "DONE" as const, createdAt: ago(1), settledAt: ago(0), outcome: null },
];

const givenBy = (name: string): unknown => ({
  datasource: { id: "shopify", grant: { createdAt: ago(0), givenBy: { kind: "PERSON", name } } },
});
const bySource = { since: ago(40), by: { kind: "SOURCE" as const, name: "Shopify" } };
const revoked = datasourceFixture({
  name: "Shopify",
  connection: {
    status: "REAUTHORIZE",
    isDead: true,
    reason: reason("The access was revoked at Shopify (today 22:07).", {
      ...bySource,
      remedy: { kind: "REAUTHORIZE", label: "Reauthorize", url: null },
    }),
  },
  dataSync: {
    status: "INACTIVE",
    reason: reason("Nothing can be read from Shopify until it is authorized again.", bySource),
  },
  needsAttention: true,
});

const unread = (unreadNotices: number): unknown => ({ organisation: { id: "o-1", unreadNotices } });
const inboxOf = (nodes: typeof notices): unknown => ({ organisation: { id: "o-1", inbox: { nodes, pageInfo: {} } } });

/** Who holds the access, and what changes of it while somebody looks on. */
export const accessScenes: Scene[] = [
  {
    name: "datasources-notice",
    setting: {
      path: list,
      answers: {
        UnreadNotices: toldAnew(unread(0), unread(1)),
        Inbox: toldAnew(inboxOf(notices.slice(-1)), inboxOf(notices.slice(-2))),
        MarkNoticesRead: { result: { __typename: "MarkNoticeReadSuccess" } },
      },
    },
    show: () => <ListScene />,
  },
  {
    name: "access-link-told",
    setting: {
      path: `${list}/amazon-seller/access`,
      answers: {
        ReauthorizeLinks: toldAnew(linked(link("SENT", priya)), linked(link("OPENED", priya, { openedAt: ago(0) }))),
      },
      word: {},
    },
    show: () => <DetailScene id="amazon-seller" tab="access" />,
  },
  {
    name: "access-told",
    setting: {
      path: `${list}/amazon-seller/access`,
      answers: { DatasourceAccess: toldAnew(accessOf("Ananya Das", 287), accessOf("Priya Nair", 0)) },
      word: { commands: reauthorized },
    },
    show: () => <DetailScene id="amazon-seller" tab="access" />,
  },
  {
    name: "access-review-told",
    setting: {
      path: to.accessReview("monsoon-and-moss"),
      answers: { GrantCalendar: toldAnew(reviewOf("Ananya Das", 287), reviewOf("Priya Nair", 0)) },
      word: { commands: reauthorized },
    },
    show: accessReview,
  },
  {
    name: "catalog-connected",
    setting: {
      path: list,
      answers: {
        Catalog: {
          catalog: catalogFixture().map((platform) =>
            ["shopify", "custom-costs"].includes(platform.name)
              ? { ...platform, datasources: [{ id: platform.name }] }
              : platform,
          ),
        },
      },
    },
    show: () => <ListScene />,
  },
  {
    name: "detail-signed-in-again",
    setting: {
      path: `${list}/shopify`,
      datasources: [datasourceFixture({ name: "Shopify" })],
      answers: { GrantGiven: toldAnew({ datasource: null }, givenBy("priya@brightads.example")) },
      word: { commands: reauthorized },
    },
    show: () => <DetailScene id="shopify" />,
  },
  {
    name: "detail-access-revoked",
    setting: { path: `${list}/shopify`, datasources: [revoked] },
    show: () => <DetailScene id="shopify" />,
  },
  {
    name: "datasources-undo-slow",
    setting: { path: list, datasources: [datasourceFixture(), gone], answers: { UndoDisconnect: null } },
    show: () => <ListScene />,
  },
];

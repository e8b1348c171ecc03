import { toldAnew } from "./access-scenes.tsx";
import type { LiveDatasource } from "../live/live.documents.ts";
import type { Ended } from "../screens/ended/ended.documents.ts";
import { ago, ahead, datasourceFixture, streamFixture } from "./fixtures.ts";
import type { SceneSetting } from "./scene-frame.tsx";
import { DetailScene, list, ListScene } from "./scene-pages.tsx";
import type { Scene } from "./scene.ts";

const mayDelete: Ended["viewerCan"] = [{ action: "DELETE_DATA", isAllowed: true, reason: null }];
const readOn = "Its account is connected again: what is here belongs to the datasource that reads it now.";

const endedFixture = (more: Partial<Ended> = {}): Ended => ({
  id: "klaviyo",
  name: "Klaviyo",
  platform: { id: "p-klaviyo", title: "Klaviyo", category: "EMAIL_SMS" },
  account: { externalId: "XyZ123", name: "Monsoon & Moss", domain: null },
  disconnectedAt: ago(6 * 1440),
  disconnectedBy: { name: "Ananya Das" },
  replacedBy: null,
  countsUntil: null,
  undoUntil: ago(6 * 1440 - 10),
  deletesDataAt: null,
  deletesDataBy: null,
  dataDeletedAt: null,
  rowsTotal: "152918",
  viewerCan: mayDelete,
  ...more,
});

const kept = endedFixture();
const replaced = endedFixture({
  disconnectedBy: { name: "Headwater" },
  replacedBy: { id: "tea", name: "Kathmandu Tea", connectedBy: { name: "Ananya Das" } },
  countsUntil: "2026-11-14",
});
const undoable = endedFixture({
  id: "google",
  name: "Google Ads",
  platform: { id: "p-google-ads", title: "Google Ads", category: "ADS" },
  account: { externalId: "418-220-7719", name: "Google Ads", domain: null },
  disconnectedAt: ago(2),
  undoUntil: ahead(8),
  deletesDataAt: ahead(8),
  deletesDataBy: { name: "Ananya Das" },
  viewerCan: [],
});
const deleting = endedFixture({
  id: "meta",
  name: "Meta Ads",
  platform: { id: "p-meta-ads", title: "Meta Ads", category: "ADS" },
  account: null,
  deletesDataAt: ago(1),
  deletesDataBy: { name: "Arjun Rao" },
  viewerCan: [],
});
const deleted = endedFixture({ ...deleting, id: "tea", name: "Kathmandu Tea", dataDeletedAt: ago(40), rowsTotal: "0" });
const again = endedFixture({
  id: "shop",
  name: "Moss outlet",
  platform: { id: "p-shopify", title: "Shopify", category: "ECOMMERCE" },
  account: { externalId: "61284", name: "Monsoon & Moss", domain: "monsoon-and-moss.myshopify.com" },
  disconnectedBy: null,
  viewerCan: [{ action: "DELETE_DATA", isAllowed: false, reason: { code: "accountReadOn", message: readOn } }],
});

const gone = ({ id, name, account, disconnectedAt, undoUntil, viewerCan, ...data }: Ended): LiveDatasource =>
  datasourceFixture({
    id,
    name,
    platformName: "klaviyo",
    category: "EMAIL_SMS",
    connection: null,
    dataSync: null,
    disconnectedAt,
    undoUntil,
    account: account && { ...account, currency: null, zone: null },
    deletesDataAt: data.deletesDataAt,
    dataDeletedAt: data.dataDeletedAt,
    nextRunAt: null,
    completeThrough: ago(6 * 1440),
    lastSuccessAt: ago(6 * 1440),
    streams: [
      streamFixture({ id: "orders", title: "Orders", firstDay: "2024-11-21", lastDay: "2026-11-14" }),
      streamFixture({ id: "customers", title: "Customers", firstDay: null, lastDay: null }),
    ],
    viewerCan: viewerCan.map((one) => ({ ...one, reason: null })),
  });

const listed = (nodes: readonly Ended[]): SceneSetting => ({
  path: list,
  search: "show=disconnected",
  answers: {
    DisconnectedDatasources: {
      datasources: { totalCount: nodes.length, nodes, pageInfo: { endCursor: null, hasNextPage: false } },
    },
  },
});

/** The second page of it, read once. */
const older: SceneSetting = {
  path: list,
  search: "show=disconnected",
  answers: {
    DisconnectedDatasources: (asked: unknown) => ({
      datasources: {
        totalCount: 2,
        nodes: [typeof asked === "object" && asked !== null && "after" in asked ? deleting : kept],
        pageInfo: { endCursor: "1", hasNextPage: true },
      },
    }),
    DisconnectedDatasource: toldAnew(
      { datasource: deleting },
      { datasource: { ...deleting, dataDeletedAt: ago(0), rowsTotal: "0" } },
    ),
  },
};

const page = (ended: Ended, search = ""): SceneSetting => ({
  path: `${list}/${ended.id}`,
  search,
  datasources: [gone(ended)],
  answers: { DisconnectedDatasource: { datasource: ended } },
});

const shop = (id: string, domain: string, more: Partial<LiveDatasource> = {}): LiveDatasource =>
  datasourceFixture({
    id,
    name: "Monsoon & Moss",
    account: { externalId: id, name: "Monsoon & Moss ", domain, currency: "INR", zone: "Asia/Kolkata" },
    ...more,
  });
const alike = [shop("in", "moss-in.myshopify.com"), shop("us", "moss-us.myshopify.com")];
const leaving = shop("in", "moss-in.myshopify.com", {
  connection: null,
  dataSync: null,
  disconnectedAt: ago(2),
  undoUntil: ahead(8),
});

export const endedScenes: Scene[] = [
  {
    name: "detail-of-two-alike",
    setting: { path: `${list}/in`, datasources: alike },
    show: () => <DetailScene id="in" />,
  },
  {
    name: "datasources-of-two-alike-disconnected",
    setting: { path: list, datasources: [leaving, ...alike.slice(1)] },
    show: () => <ListScene />,
  },
  {
    name: "datasources-disconnected",
    setting: listed([kept, undoable, deleting, deleted, again]),
    show: () => <ListScene />,
  },
  { name: "datasources-disconnected-older", setting: older, show: () => <ListScene /> },
  { name: "datasources-disconnected-replaced", setting: listed([replaced]), show: () => <ListScene /> },
  { name: "datasources-disconnected-none", setting: listed([]), show: () => <ListScene /> },
  { name: "detail-data-kept", setting: page(kept), show: () => <DetailScene id={kept.id} /> },
  { name: "detail-data-deleting", setting: page(deleting), show: () => <DetailScene id={deleting.id} /> },
  { name: "detail-data-deleted", setting: page(deleted), show: () => <DetailScene id={deleted.id} /> },
  {
    name: "detail-data-deleted-numbers",
    setting: page(deleted),
    show: () => <DetailScene id={deleted.id} tab="numbers" />,
  },
  {
    name: "detail-data-deleted-settings",
    setting: page(deleted),
    show: () => <DetailScene id={deleted.id} tab="settings" />,
  },
  {
    name: "detail-delete-replaced",
    setting: page(replaced, "ask=delete"),
    show: () => <DetailScene id={replaced.id} />,
  },
  { name: "detail-delete-data", setting: page(kept, "ask=delete"), show: () => <DetailScene id={kept.id} /> },
];

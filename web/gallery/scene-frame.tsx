import * as v from "valibot";
import { type ReactNode, useEffect, useMemo } from "react";
import { Client, fetchExchange, Provider } from "urql";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";
import { FormatProvider } from "../language.tsx";
import type { LinkState, SessionEnd } from "../live/live-link.ts";
import { FixedLive } from "../live/live.tsx";
import type { LiveDatasource, LiveHealth, LiveOrganisation } from "../live/live.documents.ts";
import { LiveStore } from "../live/live-store.ts";
import { PlaceProvider } from "../shell/organisation.tsx";
import {
  accessFixture,
  catalogFixture,
  mapFixture,
  runsFixture,
  shopifyFixture,
  slicesFixture,
  tokensFixture,
} from "./answers.ts";
import {
  calendarAnswer,
  forwardAnswer,
  givenAnswer,
  linksFixture,
  reachFixture,
  requestFixture,
  sentAnswer,
  rehearsalFixture,
  runAttemptsFixture,
  runStreamsFixture,
  standingFixture,
} from "./repair-answers.ts";
import { healthFixture, organisationFixture, storyDatasources, storyNow, storyZone } from "./fixtures.ts";
import { timelineBy } from "./timeline-answers.ts";
import { chartFixture, overviewFixture } from "./numbers.ts";

type Answers = Readonly<Record<string, unknown>>;

const page = { endCursor: null, hasNextPage: false };

/** What the server would say in the story; a scene overrides what it shows differently. */
function storyAnswers(): Answers {
  return {
    Catalog: { catalog: catalogFixture().map((one) => ({ ...one, isWished: one.title === "Pinterest Ads" })) },
    ConnectPlatform: { platform: shopifyFixture() },
    BackfillMap: {
      datasource: {
        id: "x",
        backfill: {
          runs: 1,
          workedSeconds: 29_520,
          said: { minSeconds: 25_200, maxSeconds: 32_400 },
          broughtForward: [],
          countedStreams: ["traffic", "orders", "transactions"],
          map: mapFixture(),
        },
      },
    },
    DatasourceTimeline: (asked: unknown) => ({
      datasource: { id: "x", timeline: { nodes: timelineBy(asked), pageInfo: page } },
    }),
    DatasourceRuns: { datasource: { id: "x", runs: { nodes: runsFixture, pageInfo: page } } },
    RunSlices: {
      node: {
        __typename: "Run",
        id: "r",
        state: "RUNNING",
        attemptLog: runAttemptsFixture,
        attemptsForgotten: 7,
        streams: runStreamsFixture,
        slices: { nodes: slicesFixture, pageInfo: page },
      },
    },
    DatasourceStanding: { datasource: standingFixture() },
    ForwardRehearsal: forwardAnswer(900, 1500, 1020),
    BringForward: givenAnswer("BringForwardSuccess"),
    ExtendHistory: givenAnswer("ExtendHistorySuccess"),
    CreateReauthorizeLink: sentAnswer,
    RenewCalendarAddress: calendarAnswer,
    HistoryReach: { datasource: reachFixture() },
    LastReading: { datasource: { id: "x", readsToSwitch: true } },
    ReauthorizeLinks: { datasource: { id: "x", reauthorizeLinks: linksFixture } },
    DatasourceAccess: { datasource: accessFixture },
    GrantGiven: { datasource: null },
    Rehearsal: { datasource: { id: "x", rehearsal: rehearsalFixture() } },
    DatasourceDetail: { datasource: null },
    DisconnectedDatasources: { datasources: { totalCount: 0, nodes: [], pageInfo: page } },
    DisconnectedDatasource: { datasource: null },
    Overview: { overview: overviewFixture() },
    CheckedMetrics: { datasources: { nodes: [{ id: "Shopify", checkedMetrics: ["NET_SALES"] }] } },
    OverviewSeries: { overview: { currency: "INR", tiles: chartFixture() } },
    OwnRequests: { organisation: { id: "o-1", ownRequests: [] } },
    SendRequest: (asked: unknown) => ({ result: { __typename: "SendRequestSuccess", request: requestFixture(asked) } }),
    PutRequestAside: { result: { __typename: "PutRequestAsideSuccess", notice: null } },
    SetWish: (asked: unknown) => ({
      result: {
        __typename: "SetWishSuccess",
        platform: { id: "p-Mountain", isWished: v.parse(Wished, asked).input.isWished },
      },
    }),
    ApiTokens: { organisation: { id: "o-1", apiTokens: { nodes: tokensFixture, pageInfo: page } } },
  };
}

const Wished = v.object({ input: v.object({ isWished: v.boolean() }) });
const Asked = v.object({ operationName: v.string(), variables: v.optional(v.unknown()) });

/** What is said changes with what is asked, or was before. */
const isTold = (answer: unknown): answer is (variables: unknown) => unknown => typeof answer === "function";

/** `null` never answers (loading), an Error fails. */
function answeringFetch(answers: Answers): typeof fetch {
  return async (_input, init) => {
    const { operationName, variables } = v.parse(Asked, JSON.parse(typeof init?.body === "string" ? init.body : "{}"));
    dispatchEvent(new CustomEvent("asked", { detail: { operationName, variables } }));
    const known = answers[operationName];
    const answer = (await (isTold(known) ? known(variables) : known)) ?? null;
    if (answer === null) return new Promise<Response>(() => undefined);
    if (answer instanceof Error) throw answer;
    return new Response(JSON.stringify({ data: answer }), { headers: { "content-type": "application/json" } });
  };
}

export interface SceneSetting {
  path?: string;
  search?: string;
  datasources?: LiveDatasource[];
  organisation?: Partial<LiveOrganisation>;
  health?: Partial<LiveHealth>;
  link?: LinkState;
  sessionEnd?: SessionEnd;
  answers?: Answers;
  /** No snapshot has come yet. */
  isLoading?: boolean;
  /** What the feed says anew of each datasource, once the page is told that there is a "word". */
  word?: Partial<LiveDatasource>;
  /** And of the organisation. */
  wordOfAll?: Partial<LiveOrganisation>;
}

export function SceneFrame({ setting, children }: { setting: SceneSetting; children: ReactNode }) {
  const { path = "/monsoon-and-moss/overview", search = "" } = setting;
  const organisation = useMemo(() => organisationFixture(setting.organisation), [setting]);
  const store = useMemo(() => filledStore(setting, organisation), [setting, organisation]);
  useEffect(() => {
    const tell = (): void => sayAnew(store, setting);
    addEventListener("word", tell);
    return () => removeEventListener("word", tell);
  }, [store, setting]);
  const location = useMemo(() => memoryLocation({ path: search ? `${path}?${search}` : path }), [path, search]);
  const client = useMemo(
    () =>
      new Client({
        url: "/none",
        preferGetMethod: false,
        fetch: answeringFetch({ ...storyAnswers(), ...setting.answers }),
        exchanges: [fetchExchange],
      }),
    [setting],
  );
  const me = {
    id: "u",
    name: "Ananya Das",
    email: "ananya@monsoonandmoss.in",
    memberships: [
      {
        role: "OWNER" as const,
        organisation: { id: "o-1", slug: "monsoon-and-moss", name: "Monsoon & Moss", isSample: false },
      },
    ],
  };
  return (
    <Router hook={location.hook} searchHook={location.searchHook}>
      <Provider value={client}>
        <PlaceProvider value={{ me, organisation }}>
          <FormatProvider zone={storyZone} region={organisation.region} now={storyClock}>
            <FixedLive store={store} state={setting.link ?? { kind: "live" }} end={setting.sessionEnd}>
              {children}
            </FixedLive>
          </FormatProvider>
        </PlaceProvider>
      </Provider>
    </Router>
  );
}

const storyClock = (): Date => storyNow;

function sayAnew(store: LiveStore, { word, wordOfAll }: SceneSetting): void {
  const { byId, revision, organisation, health } = store.painted;
  if (revision === null || !organisation || !health) return;
  const changed = [...byId.values()].map((datasource) => ({ ...datasource, ...word }));
  store.apply({
    __typename: "Changes",
    revision: revision + 1,
    changed,
    removed: [],
    organisation: { ...organisation, ...wordOfAll },
    systemHealth: health,
  });
}

function filledStore(setting: SceneSetting, organisation: LiveOrganisation): LiveStore {
  const store = new LiveStore();
  if (setting.isLoading) return store;
  store.apply({
    __typename: "Snapshot",
    revision: 1,
    datasources: setting.datasources ?? storyDatasources(),
    organisation,
    systemHealth: healthFixture(setting.health),
  });
  return store;
}

import { graphql, type ResultOf } from "../../graphql.ts";
import { ReasonFragment } from "../../live/live.documents.ts";
import { NamedFragment } from "./replaced.documents.ts";

export const StandingQuery = graphql(
  `
    query DatasourceStanding($id: ID!) {
      datasource(id: $id) {
        id
        freshness {
          lastSuccessAt
          cadenceSeconds
          nextRunAt
          normalSeconds
          ageSeconds
          isLate
          slowedBy {
            ...ReasonParts
          }
        }
        pausedByPlatform {
          rule
          since
          until
          counters {
            name
            count
            limit
          }
          reason {
            ...ReasonParts
          }
        }
        countsUntil
        replacedAt
        quietHours {
          holdsNextRun
        }
        replaces {
          id
          name
        }
        replacedBy {
          ...Named
        }
      }
    }
  `,
  [ReasonFragment, NamedFragment],
);

export type Standing = NonNullable<ResultOf<typeof StandingQuery>["datasource"]>;
export type Freshness = Standing["freshness"];
export type PlatformPause = NonNullable<Standing["pausedByPlatform"]>;

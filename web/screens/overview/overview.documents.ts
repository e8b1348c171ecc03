import { graphql, type ResultOf } from "../../graphql.ts";

const TileFragment = graphql(`
  fragment TileParts on Tile {
    metric
    state
    unit
    value {
      amount
      currency
    }
    apart {
      amount
      currency
    }
    comparison {
      amount
      currency
    }
    change
    series {
      day
      value
      comparison
      isComplete
    }
    definition {
      title
      sentence
      formula
      dateAnchor
      leavesOut
      better
      sources
    }
    completeThrough
    calculatedAt
    daysHave
    daysNeeded
    note
    remark
    leftOut {
      reason
      rows
      amounts {
        amount
        currency
      }
    }
    parts {
      title
      value {
        amount
        currency
      }
      apart {
        amount
        currency
      }
    }
  }
`);

export const OverviewQuery = graphql(
  `
    query Overview($range: OverviewRange!) {
      overview(range: $range) {
        range {
          from
          to
          days
        }
        comparedWith {
          from
          to
          days
        }
        zone
        currency
        sources {
          datasource {
            id
            name
            platform {
              id
              title
            }
            account {
              externalId
              name
              domain
            }
            countsFrom
            countsUntil
          }
          feeds
          mark
          completeThrough
          frozenAt
          daysReady
          cutDay
          otherZone
          lost {
            id
            name
            countsFrom
            dataDeletedAt
            deletesDataAt
            deletesDataBy {
              name
            }
          }
        }
        tiles {
          ...TileParts
        }
        calculatedAt
        isCounting
      }
    }
  `,
  [TileFragment],
);

export const CheckedMetricsQuery = graphql(`
  query CheckedMetrics {
    datasources(first: 100) {
      nodes {
        id
        checkedMetrics
      }
    }
  }
`);

export const SeriesQuery = graphql(`
  query OverviewSeries($range: OverviewRange!) {
    overview(range: $range) {
      tiles {
        metric
        unit
        currency
        definition {
          title
        }
        series {
          day
          value
          isComplete
        }
        seriesApart {
          currency
          series {
            day
            value
            isComplete
          }
        }
      }
    }
  }
`);

export type OverviewData = ResultOf<typeof OverviewQuery>["overview"];
export type Tile = ResultOf<typeof TileFragment>;
export type MetricName = Tile["metric"];
export type SeriesPoint = Pick<Tile["series"][number], "day" | "value" | "isComplete">;
export type ChartTile = ResultOf<typeof SeriesQuery>["overview"]["tiles"][number];

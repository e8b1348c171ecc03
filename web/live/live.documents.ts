import { graphql, type ResultOf } from "../graphql.ts";

export const ReasonFragment = graphql(`
  fragment ReasonParts on Reason {
    code
    message
    meaning
    since
    until
    by {
      kind
      name
    }
    remedy {
      kind
      label
      url
    }
  }
`);

export const AttemptFragment = graphql(
  `
    fragment AttemptParts on ConnectAttempt {
      id
      purpose
      state
      askedFor
      createdAt
      expiresAt
      lacks
      problem {
        ...ReasonParts
      }
    }
  `,
  [ReasonFragment],
);

const StreamFragment = graphql(
  `
    fragment StreamParts on Stream {
      id
      name
      title
      about
      state
      rows
      rowsPerMinute
      readWith
      windowsDone
      windowsTotal
      percent
      firstDay
      lastDay
      completeThrough
      startedAt
      finishedAt
      movedAt
      reason {
        ...ReasonParts
      }
    }
  `,
  [ReasonFragment],
);

const BackfillFragment = graphql(
  `
    fragment BackfillParts on Backfill {
      state
      percent
      rows
      rowsPerMinute
      eta {
        minSeconds
        maxSeconds
        message
        isLate
        reason {
          ...ReasonParts
        }
      }
      historyFrom
      historyReason {
        ...ReasonParts
      }
      daysTotal
      daysReady
      daysSome
      startedAt
      finishedAt
    }
  `,
  [ReasonFragment],
);

/** What every screen knows of a datasource without asking: the list, the DATA panel and the detail read the same copy. */
export const LiveDatasourceFragment = graphql(
  `
    fragment LiveDatasource on Datasource {
      id
      name
      platform {
        id
        name
        title
        category
        method
        policyUrl
      }
      account {
        externalId
        name
        domain
        currency
        zone
      }
      connection {
        status
        isDead
        reason {
          ...ReasonParts
        }
      }
      dataSync {
        status
        reason {
          ...ReasonParts
        }
      }
      needsAttention
      notices {
        ...ReasonParts
      }
      attempt {
        ...AttemptParts
      }
      grant {
        holder
        endsAt
        renewsItself
      }
      streams {
        ...StreamParts
      }
      backfill {
        ...BackfillParts
      }
      currentRun {
        id
        kind
        startedAt
        counts {
          read
        }
      }
      recentRuns {
        id
        kind
        state
        startedAt
      }
      commands {
        id
        kind
        state
        createdAt
        settledAt
        outcome {
          message
        }
      }
      viewerCan {
        action
        isAllowed
        reason {
          message
        }
      }
      cadenceSeconds
      nextRunAt
      lastSuccessAt
      lastAttemptAt
      completeThrough
      isStale
      rowsLastDay
      rowsTotal
      firstNumbersAt
      connectedAt
      connectedBy {
        kind
        name
      }
      createdAt
      disconnectedAt
      undoUntil
      deletesDataAt
      dataDeletedAt
      takesSlot
    }
  `,
  [ReasonFragment, AttemptFragment, StreamFragment, BackfillFragment],
);

export const LiveOrganisationFragment = graphql(`
  fragment LiveOrganisation on Organisation {
    id
    slug
    name
    zone
    region
    currency
    today
    plan {
      name
      title
      allowance
    }
    slots {
      used
      allowance
      free
    }
    viewerRole
    viewerCan
    admins
    supportUrl
    isSample
    sampleUntil
  }
`);

const LiveHealthFragment = graphql(`
  fragment LiveHealth on SystemHealth {
    isFetching
    notFetchingSince
    message
    now
    isEmbedded
  }
`);

export const DatasourcesFeed = graphql(
  `
    subscription DatasourcesFeed {
      datasources {
        __typename
        ... on Snapshot {
          revision
          datasources {
            ...LiveDatasource
          }
          organisation {
            ...LiveOrganisation
          }
          systemHealth {
            ...LiveHealth
          }
        }
        ... on Changes {
          revision
          changed {
            ...LiveDatasource
          }
          removed
          organisation {
            ...LiveOrganisation
          }
          systemHealth {
            ...LiveHealth
          }
        }
      }
    }
  `,
  [LiveDatasourceFragment, LiveOrganisationFragment, LiveHealthFragment],
);

export type LiveDatasource = ResultOf<typeof LiveDatasourceFragment>;
export type LiveStream = LiveDatasource["streams"][number];
export type LiveBackfill = LiveDatasource["backfill"];
export type LiveOrganisation = ResultOf<typeof LiveOrganisationFragment>;
export type LiveHealth = ResultOf<typeof LiveHealthFragment>;
export type Reason = ResultOf<typeof ReasonFragment>;
export type Feed = ResultOf<typeof DatasourcesFeed>["datasources"];
export type ActionName = LiveDatasource["viewerCan"][number]["action"];

import { graphql, type ResultOf } from "../../graphql.ts";
import { LiveDatasourceFragment, ReasonFragment } from "../../live/live.documents.ts";

const TimelineEntryFragment = graphql(`
  fragment TimelineEntryParts on TimelineEntry {
    id
    at
    actor {
      kind
      name
    }
    verb
    message
  }
`);

export const DetailQuery = graphql(
  `
    query DatasourceDetail($id: ID!) {
      datasource(id: $id) {
        ...LiveDatasource
      }
    }
  `,
  [LiveDatasourceFragment],
);

export const OpenedMutation = graphql(`
  mutation MarkDatasourceOpened($input: MarkDatasourceOpenedInput!) {
    result: markDatasourceOpened(input: $input) {
      __typename
    }
  }
`);

export const StreamTimesQuery = graphql(`
  query StreamTimes($id: ID!) {
    datasource(id: $id) {
      id
      streams {
        id
        workedSeconds
      }
    }
  }
`);

export const MapQuery = graphql(`
  query BackfillMap($id: ID!, $stream: String) {
    datasource(id: $id) {
      id
      backfill {
        runs
        workedSeconds
        said {
          minSeconds
          maxSeconds
        }
        broughtForward {
          from
          to
          stream
        }
        countedStreams(stream: $stream)
        map(stream: $stream) {
          month
          rows
          ranges {
            from
            to
            state
          }
        }
      }
    }
  }
`);

export const TimelineQuery = graphql(
  `
    query DatasourceTimeline($id: ID!, $first: Int!, $after: String, $by: ActorKind) {
      datasource(id: $id) {
        id
        timeline(first: $first, after: $after, by: $by) {
          nodes {
            ...TimelineEntryParts
          }
          pageInfo {
            endCursor
            hasNextPage
          }
        }
      }
    }
  `,
  [TimelineEntryFragment],
);

const RunFragment = graphql(
  `
    fragment RunParts on Run {
      id
      kind
      n
      state
      startedAt
      finishedAt
      attempts
      times
      askedBy {
        id
        by {
          name
        }
      }
      counts {
        read
        merged
        unchanged
        deduplicated
        rejected
        written
        announced
      }
      outcome {
        ...ReasonParts
      }
    }
  `,
  [ReasonFragment],
);

export const RunsQuery = graphql(
  `
    query DatasourceRuns($id: ID!, $first: Int!, $after: String) {
      datasource(id: $id) {
        id
        runs(first: $first, after: $after) {
          nodes {
            ...RunParts
          }
          pageInfo {
            endCursor
            hasNextPage
          }
        }
      }
    }
  `,
  [RunFragment],
);

export const OneRunQuery = graphql(
  `
    query OneRun($id: ID!) {
      node(id: $id) {
        __typename
        ... on Run {
          ...RunParts
        }
      }
    }
  `,
  [RunFragment],
);

/** An attempt of a run; of feeds, a pull with the files that it brought. */
export const AttemptFragment = graphql(`
  fragment AttemptParts on RunAttempt {
    id
    n
    stream
    title
    feed
    times
    startedAt
    finishedAt
    message
    code
    read
    failure {
      class
      said
      requestId
    }
    next {
      kind
      message
      until
    }
    uploads {
      id
      filename
      state
      percent
      counts {
        rows
        inserted
        updated
        deleted
        ignored
        errors
        empty
        warnings
      }
      totals {
        costType
        currency
        amount
        adSpend
      }
    }
  }
`);

const FailureFragment = graphql(`
  fragment FailureParts on Failure {
    class
    message
    said
    requestId
    at
    remedy {
      kind
      label
      url
    }
  }
`);

export const RunSlicesQuery = graphql(
  `
    query RunSlices($id: ID!, $first: Int!, $after: String) {
      node(id: $id) {
        __typename
        ... on Run {
          id
          state
          attemptLog {
            ...AttemptParts
          }
          attemptsForgotten
          streams {
            stream
            title
            state
            slices
            slicesDone
            slicesFailed
            attempts
            read
            merged
            deduplicated
            rejected
            announced
            failure {
              ...FailureParts
            }
          }
          slices(first: $first, after: $after) {
            nodes {
              id
              stream
              from
              to
              state
              pages
              rows
              expected
              attempts
              startedAt
              finishedAt
              failure {
                ...FailureParts
              }
            }
            pageInfo {
              endCursor
              hasNextPage
            }
          }
        }
      }
    }
  `,
  [AttemptFragment, FailureFragment],
);

/** Whose consent or key stands now, and since when. */
export const GivenQuery = graphql(`
  query GrantGiven($id: ID!) {
    datasource(id: $id) {
      id
      connection {
        since
      }
      grant {
        createdAt
        givenBy {
          kind
          name
        }
      }
    }
  }
`);

export const AccessQuery = graphql(`
  query DatasourceAccess($id: ID!) {
    datasource(id: $id) {
      id
      grant {
        holder
        endsAt
        renewsItself
        verifiedAt
        createdAt
        credential {
          version
          lastFour
          createdAt
          lastUsedAt
        }
        scopes {
          name
          purpose
          isAsked
          isGranted
          isRequired
          lastUsedAt
          isUnused
          howToRemove
        }
      }
      callsUrl
      calls {
        method
        path
        purpose
        calls
        failures
        throttled
        bytes
      }
    }
  }
`);

export const RehearsalQuery = graphql(`
  query Rehearsal($id: ID!, $action: RehearsedAction!) {
    datasource(id: $id) {
      id
      rehearsal(action: $action) {
        action
        staleAt
        slotFreed
        dataKept
        atProvider
        policyUrl
        strength
        consequence
        alternatives
        dependents {
          kind
          name
          staleAt
          lastUsedAt
          datasource {
            id
          }
        }
      }
    }
  }
`);

type Detail<T> = T extends { datasource: infer D } ? NonNullable<D> : never;
export type BackfillMonths = Detail<ResultOf<typeof MapQuery>>["backfill"]["map"];
export type DayState = BackfillMonths[number]["ranges"][number]["state"];
export type Run = ResultOf<typeof RunFragment>;
export type TimelineEntry = ResultOf<typeof TimelineEntryFragment>;
export type Given = NonNullable<Detail<ResultOf<typeof GivenQuery>>["grant"]>;
export type Access = Detail<ResultOf<typeof AccessQuery>>;
export type Rehearsal = Detail<ResultOf<typeof RehearsalQuery>>["rehearsal"];
export type Dependent = Rehearsal["dependents"][number];
type RunOpened = Extract<NonNullable<ResultOf<typeof RunSlicesQuery>["node"]>, { __typename: "Run" }>;
export type RunAttempt = ResultOf<typeof AttemptFragment>;
export type RunStream = RunOpened["streams"][number];
export type Slice = RunOpened["slices"]["nodes"][number];

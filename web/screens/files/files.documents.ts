import { graphql, type ResultOf } from "../../graphql.ts";
import { ReasonFragment } from "../../live/live.documents.ts";
import { TotalsFragment } from "./totals.documents.ts";
import { AttemptFragment } from "../detail/detail.documents.ts";
import { CommandFragment, ProblemFragment } from "../commands/commands.documents.ts";

const UploadFragment = graphql(
  `
    fragment UploadParts on Upload {
      id
      key
      filename
      state
      by {
        kind
        name
      }
      how
      at
      settledAt
      bytes
      received
      percent
      mode
      isDryRun
      counts {
        rows
        ok
        errors
        empty
        warnings
        inserted
        updated
        deleted
        ignored
      }
      totals {
        costType
        currency
        amount
        count
        adSpend
      }
      reason {
        ...ReasonParts
      }
      reportUrl
      canMap
      canUndo
      ...TotalsParts
    }
  `,
  [ReasonFragment, TotalsFragment],
);

const FeedFragment = graphql(
  `
    fragment FeedParts on CostFeed {
      id
      name
      kind
      url
      host
      port
      pattern
      user
      auth
      hostKey
      metHostKey
      hasSecret
      mode
      everyMinutes
      state
      since
      triedAt
      pulledAt
      dueAt
      reason {
        ...ReasonParts
      }
    }
  `,
  [ReasonFragment],
);

export const FilesQuery = graphql(
  `
    query CostFiles($id: ID!, $first: Int!, $after: String) {
      uploadMegabytes
      uploadTemplates {
        name
        title
        url
      }
      datasource(id: $id) {
        id
        uploads(first: $first, after: $after) {
          nodes {
            ...UploadParts
          }
          pageInfo {
            endCursor
            hasNextPage
          }
        }
        feeds {
          ...FeedParts
        }
      }
    }
  `,
  [UploadFragment, FeedFragment],
);

/** How a feed went, newest first. */
export const PullsQuery = graphql(
  `
    query FeedPulls($id: ID!, $first: Int!, $after: String) {
      node(id: $id) {
        __typename
        ... on CostFeed {
          id
          pulls(first: $first, after: $after) {
            nodes {
              ...AttemptParts
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
  [AttemptFragment],
);

export const StartUploadMutation = graphql(
  `
    mutation StartUpload($input: StartUploadInput!) {
      result: startUpload(input: $input) {
        __typename
        ...Problem
        ... on StartUploadSuccess {
          putUrl
          upload {
            ...UploadParts
          }
        }
      }
    }
  `,
  [ProblemFragment, UploadFragment],
);

const answered = [ProblemFragment, UploadFragment, CommandFragment] as const;

export const SetMappingMutation = graphql(
  `
    mutation SetUploadMapping($input: SetUploadMappingInput!) {
      result: setUploadMapping(input: $input) {
        __typename
        ...Problem
        ... on SetUploadMappingSuccess {
          upload {
            ...UploadParts
          }
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  answered,
);

export const ConfirmUploadMutation = graphql(
  `
    mutation ConfirmUpload($input: ConfirmUploadInput!) {
      result: confirmUpload(input: $input) {
        __typename
        ...Problem
        ... on ConfirmUploadSuccess {
          upload {
            ...UploadParts
          }
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  answered,
);

export const DiscardUploadMutation = graphql(
  `
    mutation DiscardUpload($input: UploadCommandInput!) {
      result: discardUpload(input: $input) {
        __typename
        ...Problem
        ... on DiscardUploadSuccess {
          upload {
            ...UploadParts
          }
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  answered,
);

/** What an undo takes with it. */
export const UndoTakesQuery = graphql(`
  query UndoTakes($id: ID!) {
    node(id: $id) {
      __typename
      ... on Upload {
        id
        undoTakes {
          id
          filename
        }
      }
    }
  }
`);

export const UndoUploadMutation = graphql(
  `
    mutation UndoUpload($input: UndoUploadInput!) {
      result: undoUpload(input: $input) {
        __typename
        ...Problem
        ... on UndoUploadSuccess {
          upload {
            ...UploadParts
          }
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  answered,
);

const feedAnswered = [ProblemFragment, FeedFragment, CommandFragment] as const;

export const SaveFeedMutation = graphql(
  `
    mutation SaveFeed($input: SaveFeedInput!) {
      result: saveFeed(input: $input) {
        __typename
        ...Problem
        ... on SaveFeedSuccess {
          feed {
            ...FeedParts
          }
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  feedAnswered,
);

export const AgreeToHostKeyMutation = graphql(
  `
    mutation AgreeToHostKey($input: AgreeToHostKeyInput!) {
      result: agreeToHostKey(input: $input) {
        __typename
        ...Problem
        ... on AgreeToHostKeySuccess {
          feed {
            ...FeedParts
          }
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  feedAnswered,
);

export const RemoveFeedMutation = graphql(
  `
    mutation RemoveFeed($input: FeedCommandInput!) {
      result: removeFeed(input: $input) {
        __typename
        ...Problem
        ... on RemoveFeedSuccess {
          feed {
            ...FeedParts
          }
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  feedAnswered,
);

export const PullNowMutation = graphql(
  `
    mutation PullNow($input: FeedCommandInput!) {
      result: pullNow(input: $input) {
        __typename
        ...Problem
        ... on PullNowSuccess {
          feed {
            ...FeedParts
          }
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  feedAnswered,
);

export type Upload = ResultOf<typeof UploadFragment>;
export type Taken = Pick<Upload, "id" | "filename">;
export type Feed = ResultOf<typeof FeedFragment>;
export type Template = ResultOf<typeof FilesQuery>["uploadTemplates"][number];
export type Mode = Upload["mode"];

import { graphql, type ResultOf } from "../../graphql.ts";
import { AttemptFragment } from "../../live/live.documents.ts";
import { ProblemFragment, SlotLimitFragment } from "../commands/commands.documents.ts";

const KeyCheckFragment = graphql(`
  fragment KeyCheckParts on KeyCheck {
    name
    title
    state
    isRequired
    feeds
    message
    remedy {
      kind
      label
      url
    }
  }
`);

export const TryKeyMutation = graphql(
  `
    mutation TryKey($input: TryKeyInput!) {
      result: tryKey(input: $input) {
        __typename
        ...Problem
        ... on KeyRefused {
          checks {
            ...KeyCheckParts
          }
          fields {
            path
            message
          }
        }
        ... on TryKeySuccess {
          reads {
            name
            id
          }
          checks {
            ...KeyCheckParts
          }
        }
      }
    }
  `,
  [ProblemFragment, KeyCheckFragment],
);

export const ConnectWithKeyMutation = graphql(
  `
    mutation ConnectWithKey($input: ConnectWithKeyInput!) {
      result: connectWithKey(input: $input) {
        __typename
        ...Problem
        ... on KeyRefused {
          checks {
            ...KeyCheckParts
          }
          fields {
            path
            message
          }
        }
        ...SlotLimit
        ... on AlreadyConnected {
          existing: datasource {
            id
          }
        }
        ... on ConnectWithKeySuccess {
          checks {
            ...KeyCheckParts
          }
          attempt {
            ...AttemptParts
          }
          datasource {
            id
          }
        }
      }
    }
  `,
  [ProblemFragment, SlotLimitFragment, AttemptFragment, KeyCheckFragment],
);

export type KeyReads = Extract<ResultOf<typeof TryKeyMutation>["result"], { __typename: "TryKeySuccess" }>["reads"];
export type KeyCheck = ResultOf<typeof KeyCheckFragment>;

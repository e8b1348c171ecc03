import { graphql, type ResultOf } from "../../graphql.ts";
import { AttemptFragment, LiveDatasourceFragment, ReasonFragment } from "../../live/live.documents.ts";
import { ProblemFragment, SlotLimitFragment } from "../commands/commands.documents.ts";

export const ConnectPlatformQuery = graphql(
  `
    query ConnectPlatform($name: String!) {
      platform(name: $name) {
        id
        name
        title
        category
        method
        availability
        isConnectable
        notConnectableReason {
          ...ReasonParts
        }
        takesSlot
        slotLimit {
          ...Problem
          ...SlotLimit
        }
        reachesManyAccounts
        warnings {
          kind
          message
          amountAtRisk {
            amount
            currency
          }
          datasource {
            id
            name
          }
        }
        summary
        prerequisites
        needs {
          id
          title
        }
        excludes {
          id
          title
        }
        scopes {
          name
          purpose
          isRequired
          feeds
        }
        powers
        cadenceSeconds
        historyNote
        historyMonths
        policyUrl
        connectFields {
          name
          label
          hint
          example
          suffix
          isSecret
          mistakenFor {
            shape
            message
          }
        }
        keyFields {
          name
          label
          hint
          example
          suffix
          isSecret
          mistakenFor {
            shape
            message
          }
        }
      }
    }
  `,
  [ReasonFragment, ProblemFragment, SlotLimitFragment],
);

export const ConnectMutation = graphql(
  `
    mutation ConnectDatasource($input: ConnectDatasourceInput!) {
      result: connectDatasource(input: $input) {
        __typename
        ...Problem
        ...SlotLimit
        ... on AlreadyConnected {
          existing: datasource {
            id
          }
        }
        ... on ConnectDatasourceSuccess {
          authorizeUrl
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
  [ProblemFragment, SlotLimitFragment, AttemptFragment],
);

export const ContinueMutation = graphql(
  `
    mutation ContinueConnect($input: ContinueConnectInput!) {
      result: continueConnect(input: $input) {
        __typename
        ...Problem
        ... on ContinueConnectSuccess {
          authorizeUrl
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
  [ProblemFragment, AttemptFragment],
);

export const ReauthorizeMutation = graphql(
  `
    mutation ReauthorizeDatasource($input: ReauthorizeDatasourceInput!) {
      result: reauthorizeDatasource(input: $input) {
        __typename
        ...Problem
        ... on ReauthorizeDatasourceSuccess {
          authorizeUrl
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
  [ProblemFragment, AttemptFragment],
);

export const ReplaceMutation = graphql(
  `
    mutation ReplaceDatasource($input: ReplaceDatasourceInput!) {
      result: replaceDatasource(input: $input) {
        __typename
        ...Problem
        ... on AlreadyConnected {
          existing: datasource {
            id
          }
        }
        ... on ReplaceDatasourceSuccess {
          authorizeUrl
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
  [ProblemFragment, AttemptFragment],
);

/** What is taken up again may have been begun in the place of another. */
export const UnfinishedQuery = graphql(`
  query UnfinishedConnect($id: ID!) {
    datasource(id: $id) {
      id
      replaces {
        id
      }
    }
  }
`);

/** Asked beside the subscription, so that an outcome is never missed while the person was at the source. */
export const AttemptQuery = graphql(
  `
    query ConnectAttempt($id: ID!) {
      connectAttempt(id: $id) {
        ...AttemptParts
        datasource {
          ...LiveDatasource
        }
      }
    }
  `,
  [AttemptFragment, LiveDatasourceFragment],
);

export const CandidatesQuery = graphql(
  `
    query AccountCandidates($id: ID!) {
      datasource(id: $id) {
        id
        accountCandidates {
          externalId
          name
          currency
          zone
          domain
          group
          state
          activity {
            amount
            currency
          }
          connected {
            id
            name
            connectedBy {
              name
            }
          }
          isSelectable
          reason {
            ...ReasonParts
          }
        }
      }
    }
  `,
  [ReasonFragment],
);

export const ChooseAccountMutation = graphql(
  `
    mutation ChooseAccount($input: ChooseAccountInput!) {
      result: chooseAccount(input: $input) {
        __typename
        ...Problem
        ...SlotLimit
        ... on ChooseAccountSuccess {
          datasources {
            id
          }
        }
      }
    }
  `,
  [ProblemFragment, SlotLimitFragment],
);

export type ConnectPlatform = NonNullable<ResultOf<typeof ConnectPlatformQuery>["platform"]>;
export type Attempt = ResultOf<typeof AttemptFragment>;
export type Candidate = NonNullable<ResultOf<typeof CandidatesQuery>["datasource"]>["accountCandidates"][number];

import { graphql, type ResultOf } from "../../graphql.ts";
import { EndedFragment } from "../ended/ended.documents.ts";

/** Selected once on every result: a failure that is new to this build still says what happened and what to do. */
export const ProblemFragment = graphql(`
  fragment Problem on UserError {
    __typename
    code
    message
    meaning
    remedy {
      kind
      label
      url
    }
    ... on InvalidInput {
      fields {
        path
        message
      }
    }
  }
`);

/** No room in the plan: what makes some. */
export const SlotLimitFragment = graphql(`
  fragment SlotLimit on SlotLimitReached {
    limit
    used
    ways {
      kind
      label
      url
    }
    leastUsed {
      id
      name
      lastSuccessAt
      lastOpenedAt
    }
  }
`);

export const CommandFragment = graphql(`
  fragment GivenCommand on Command {
    id
    kind
    state
  }
`);

const parts = [ProblemFragment, CommandFragment] as const;

export const PauseMutation = graphql(
  `
    mutation PauseDatasource($input: PauseDatasourceInput!) {
      result: pauseDatasource(input: $input) {
        __typename
        ...Problem
        ... on PauseDatasourceSuccess {
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  parts,
);

export const ResumeMutation = graphql(
  `
    mutation ResumeDatasource($input: DatasourceCommandInput!) {
      result: resumeDatasource(input: $input) {
        __typename
        ...Problem
        ... on ResumeDatasourceSuccess {
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  parts,
);

export const SyncNowMutation = graphql(
  `
    mutation SyncNow($input: DatasourceCommandInput!) {
      result: syncNow(input: $input) {
        __typename
        ...Problem
        ... on SyncNowSuccess {
          isQueued
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  parts,
);

export const CheckNowMutation = graphql(
  `
    mutation CheckNow($input: DatasourceCommandInput!) {
      result: checkNow(input: $input) {
        __typename
        ...Problem
        ... on CheckNowSuccess {
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  parts,
);

export const ResyncMutation = graphql(
  `
    mutation ResyncDatasource($input: ResyncDatasourceInput!) {
      result: resyncDatasource(input: $input) {
        __typename
        ...Problem
        ... on ResyncDatasourceSuccess {
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  parts,
);

export const SetCadenceMutation = graphql(
  `
    mutation SetCadence($input: SetCadenceInput!) {
      result: setCadence(input: $input) {
        __typename
        ...Problem
        ... on SetCadenceSuccess {
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  parts,
);

export const DisconnectMutation = graphql(
  `
    mutation DisconnectDatasource($input: DisconnectDatasourceInput!) {
      result: disconnectDatasource(input: $input) {
        __typename
        ...Problem
        ... on DisconnectDatasourceSuccess {
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  parts,
);

export const DeleteDataMutation = graphql(
  `
    mutation DeleteDatasourceData($input: DeleteDatasourceDataInput!) {
      result: deleteDatasourceData(input: $input) {
        __typename
        ...Problem
        ... on DeleteDatasourceDataSuccess {
          datasource {
            ...Ended
          }
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  [...parts, EndedFragment],
);

export const UndoDisconnectMutation = graphql(
  `
    mutation UndoDisconnect($input: DatasourceCommandInput!) {
      result: undoDisconnect(input: $input) {
        __typename
        ...Problem
        ... on AlreadyConnected {
          existing: datasource {
            id
          }
        }
        ...SlotLimit
        ... on UndoDisconnectSuccess {
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  [...parts, SlotLimitFragment],
);

export const CancelConnectMutation = graphql(
  `
    mutation CancelConnect($input: DatasourceCommandInput!) {
      result: cancelConnect(input: $input) {
        __typename
        ...Problem
        ... on CancelConnectSuccess {
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  parts,
);

export const RenameMutation = graphql(
  `
    mutation RenameDatasource($input: RenameDatasourceInput!) {
      result: renameDatasource(input: $input) {
        __typename
        ...Problem
        ... on RenameDatasourceSuccess {
          datasource {
            id
            name
          }
        }
      }
    }
  `,
  [ProblemFragment],
);

type Told = Omit<ResultOf<typeof ProblemFragment>, "__typename">;

/** What went wrong; at the limit of a plan, with the ways out. */
export type Problem = Told & {
  readonly ways?: readonly NonNullable<Told["remedy"]>[];
  /** The one that is missed the least: the first to give its place. */
  readonly leastUsed?: {
    readonly id: string;
    readonly name: string;
    readonly lastSuccessAt: string | null;
    readonly lastOpenedAt: string | null;
  } | null;
  /** Connected already: which one. */
  readonly existing?: { readonly id: string } | null;
};

import { graphql, type ResultOf } from "../../graphql.ts";
import { CommandFragment, ProblemFragment } from "../commands/commands.documents.ts";
import { NamedFragment, SwitchedFragment } from "./replaced.documents.ts";

const parts = [ProblemFragment, CommandFragment] as const;

export const ForwardQuery = graphql(`
  query ForwardRehearsal($id: ID!, $from: Date!, $to: Date!, $stream: String) {
    datasource(id: $id) {
      id
      forwardRehearsal(from: $from, to: $to, stream: $stream) {
        readyMinSeconds
        readyMaxSeconds
        laterSeconds
      }
    }
  }
`);

export const BringForwardMutation = graphql(
  `
    mutation BringForward($input: BringForwardInput!) {
      result: bringForward(input: $input) {
        __typename
        ...Problem
        ... on BringForwardSuccess {
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  parts,
);

export const HistoryCallsQuery = graphql(`
  query HistoryCalls($id: ID!) {
    datasource(id: $id) {
      id
      backfill {
        calls
      }
    }
  }
`);

export const ReachQuery = graphql(
  `
    query HistoryReach($id: ID!) {
      datasource(id: $id) {
        id
        countsFrom
        countsUntil
        replacedAt
        choices {
          name
          label
          about
          value
          options {
            value
            label
          }
        }
        backfill {
          earliestPossible
          workedSeconds
        }
        quietHours {
          from
          to
        }
        quotaCeiling {
          percent
        }
        replaces {
          ...Switched
        }
        replacedBy {
          ...Named
        }
      }
    }
  `,
  [SwitchedFragment, NamedFragment],
);

export const ExtendHistoryMutation = graphql(
  `
    mutation ExtendHistory($input: ExtendHistoryInput!) {
      result: extendHistory(input: $input) {
        __typename
        ...Problem
        ... on ExtendHistorySuccess {
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  parts,
);

export const SetChoiceMutation = graphql(
  `
    mutation SetChoice($input: SetChoiceInput!) {
      result: setChoice(input: $input) {
        __typename
        ...Problem
        ... on SetChoiceSuccess {
          command {
            ...GivenCommand
          }
        }
      }
    }
  `,
  parts,
);

export const SetQuietHoursMutation = graphql(
  `
    mutation SetQuietHours($input: SetQuietHoursInput!) {
      result: setQuietHours(input: $input) {
        __typename
        ...Problem
        ... on SetQuietHoursSuccess {
          command {
            ...GivenCommand
          }
          datasource {
            id
            quietHours {
              from
              to
            }
          }
        }
      }
    }
  `,
  parts,
);

export const SetSwitchDayMutation = graphql(
  `
    mutation SetSwitchDay($input: SetSwitchDayInput!) {
      result: setSwitchDay(input: $input) {
        __typename
        ...Problem
        ... on SetSwitchDaySuccess {
          datasource {
            id
            countsFrom
          }
        }
      }
    }
  `,
  [ProblemFragment],
);

export type Forward = NonNullable<NonNullable<ResultOf<typeof ForwardQuery>["datasource"]>["forwardRehearsal"]>;
export type Reach = NonNullable<ResultOf<typeof ReachQuery>["datasource"]>;

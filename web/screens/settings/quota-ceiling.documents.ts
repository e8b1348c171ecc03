import { graphql } from "../../graphql.ts";
import { CommandFragment, ProblemFragment } from "../commands/commands.documents.ts";

export const SetQuotaCeilingMutation = graphql(
  `
    mutation SetQuotaCeiling($input: SetQuotaCeilingInput!) {
      result: setQuotaCeiling(input: $input) {
        __typename
        ...Problem
        ... on SetQuotaCeilingSuccess {
          command {
            ...GivenCommand
          }
          datasource {
            id
            quotaCeiling {
              percent
            }
          }
        }
      }
    }
  `,
  [ProblemFragment, CommandFragment],
);

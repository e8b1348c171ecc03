import { graphql } from "../../graphql.ts";
import { ProblemFragment } from "../commands/commands.documents.ts";

export const ConnectNativeMutation = graphql(
  `
    mutation ConnectNative($input: ConnectNativeInput!) {
      result: connectNative(input: $input) {
        __typename
        ...Problem
        ... on ConnectNativeSuccess {
          datasource {
            id
          }
        }
      }
    }
  `,
  [ProblemFragment],
);

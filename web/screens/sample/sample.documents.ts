import { graphql } from "../../graphql.ts";
import { ProblemFragment } from "../commands/commands.documents.ts";

export const OpenSampleBrandMutation = graphql(
  `
    mutation OpenSampleBrand($input: OpenSampleBrandInput!) {
      result: openSampleBrand(input: $input) {
        __typename
        ...Problem
        ... on OpenSampleBrandSuccess {
          organisation {
            id
            slug
          }
        }
      }
    }
  `,
  [ProblemFragment],
);

export const RemoveSampleBrandMutation = graphql(
  `
    mutation RemoveSampleBrand($input: RemoveSampleBrandInput!) {
      result: removeSampleBrand(input: $input) {
        __typename
        ...Problem
        ... on RemoveSampleBrandSuccess {
          removed
        }
      }
    }
  `,
  [ProblemFragment],
);

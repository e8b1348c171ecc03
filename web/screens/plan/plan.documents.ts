import { graphql, type ResultOf } from "../../graphql.ts";
import { ProblemFragment } from "../commands/commands.documents.ts";

export const UsageQuery = graphql(`
  query PlanUsage {
    organisation {
      id
      supportUrl
      owners
      plan {
        name
        title
        allowance
      }
      plans {
        name
        title
        allowance
      }
      usage {
        slots {
          allowance
          used
          free
        }
        apps {
          since
          lastUsedAt
          datasource {
            id
            name
            connectedAt
            lastOpenedAt
            account {
              externalId
              name
              domain
            }
            connection {
              status
            }
            platform {
              id
              title
              category
            }
          }
        }
        native {
          id
          name
          account {
            externalId
            name
            domain
          }
          platform {
            id
            title
            category
          }
        }
        aiCredits
      }
    }
  }
`);

export const SetPlanMutation = graphql(
  `
    mutation SetPlan($input: SetPlanInput!) {
      result: setPlan(input: $input) {
        __typename
        ...Problem
        ... on TooManyForPlan {
          allowance
          used
          datasources {
            id
            name
            lastSuccessAt
            lastOpenedAt
            platform {
              id
              title
            }
            account {
              externalId
              name
              domain
            }
          }
        }
        ... on SetPlanSuccess {
          organisation {
            id
            plan {
              name
            }
          }
        }
      }
    }
  `,
  [ProblemFragment],
);

export type PlanUsage = NonNullable<ResultOf<typeof UsageQuery>["organisation"]>;

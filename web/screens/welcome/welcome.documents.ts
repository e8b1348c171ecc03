import { graphql, type ResultOf } from "../../graphql.ts";
import { SpotCheckFragment } from "../detail/spot-checks.documents.ts";
import { CatalogPlatformFragment } from "../datasources/datasources.documents.ts";

const OnboardingFragment = graphql(
  `
    fragment OnboardingParts on Onboarding {
      steps {
        name
        state
        doneAt
      }
      checks {
        name
        state
        doneAt
      }
      isDone
      dismissedAt
      spotCheck {
        ...SpotCheckParts
        datasource {
          id
          name
          countsFrom
          platform {
            id
            title
          }
        }
      }
    }
  `,
  [SpotCheckFragment],
);

export const OnboardingQuery = graphql(
  `
    query Onboarding {
      organisation {
        id
        onboarding {
          ...OnboardingParts
        }
      }
    }
  `,
  [OnboardingFragment],
);

export const WelcomeCatalogQuery = graphql(
  `
    query WelcomeCatalog {
      catalog {
        ...CatalogPlatform
      }
    }
  `,
  [CatalogPlatformFragment],
);

export const DismissOnboardingMutation = graphql(
  `
    mutation DismissOnboarding($input: DismissOnboardingInput!) {
      result: dismissOnboarding(input: $input) {
        __typename
        ... on DismissOnboardingSuccess {
          organisation {
            id
            onboarding {
              ...OnboardingParts
            }
          }
        }
      }
    }
  `,
  [OnboardingFragment],
);

export type OnboardingSteps = ResultOf<typeof OnboardingFragment>;
export type StepName = OnboardingSteps["steps"][number]["name"];
export type CheckName = OnboardingSteps["checks"][number]["name"];
export type StepState = OnboardingSteps["steps"][number]["state"];

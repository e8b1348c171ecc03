import { graphql, type ResultOf } from "../../graphql.ts";
import { ProblemFragment } from "../commands/commands.documents.ts";

const ReviewFragment = graphql(`
  fragment ReviewParts on AccessReview {
    dueAt
    seen
    signed {
      signedAt
      signedBy {
        kind
        name
      }
      hash
      url
    }
    rows {
      id
      seen
      choices
      toDo
      decision {
        choice
        note
        by {
          kind
          name
        }
        at
        isOutdated
      }
      grant {
        giverLeft
        platform {
          id
          name
          title
          category
          method
        }
        datasources {
          id
          name
        }
        grant {
          holder
          createdAt
          endsAt
          renewsItself
          givenBy {
            kind
            name
          }
          credential {
            version
            lastFour
            lastUsedAt
          }
          scopes {
            name
            isUnused
          }
        }
      }
      member {
        name
        email
        role
        since
      }
      token {
        id
        name
        lastFour
        scopes
        createdBy
        createdAt
        expiresAt
        lastUsedAt
      }
    }
  }
`);

export const GrantCalendarQuery = graphql(
  `
    query GrantCalendar($days: Int!) {
      organisation {
        id
        today
        calendarAddressMadeAt
        grantCalendar(days: $days) {
          holder
          endsAt
          warnedAt
          platform {
            id
            title
            category
          }
          datasources {
            id
            name
          }
        }
        accessReview {
          ...ReviewParts
        }
      }
    }
  `,
  [ReviewFragment],
);

export const DecideAccessMutation = graphql(
  `
    mutation DecideAccess($input: DecideAccessInput!) {
      result: decideAccess(input: $input) {
        __typename
        ...Problem
        ... on DecideAccessSuccess {
          organisation {
            id
            accessReview {
              ...ReviewParts
            }
          }
        }
      }
    }
  `,
  [ProblemFragment, ReviewFragment],
);

export const SignAccessReviewMutation = graphql(
  `
    mutation SignAccessReview($input: SignAccessReviewInput!) {
      result: signAccessReview(input: $input) {
        __typename
        ...Problem
        ... on SignAccessReviewSuccess {
          organisation {
            id
            accessReview {
              ...ReviewParts
            }
          }
        }
      }
    }
  `,
  [ProblemFragment, ReviewFragment],
);

export const RenewCalendarAddressMutation = graphql(
  `
    mutation RenewCalendarAddress($input: RenewCalendarAddressInput!) {
      result: renewCalendarAddress(input: $input) {
        __typename
        ...Problem
        ... on RenewCalendarAddressSuccess {
          url
          organisation {
            id
            calendarAddressMadeAt
          }
        }
      }
    }
  `,
  [ProblemFragment],
);

export type GrantCalendar = NonNullable<ResultOf<typeof GrantCalendarQuery>["organisation"]>;
export type AccessReview = ResultOf<typeof ReviewFragment>;
export type ReviewRow = AccessReview["rows"][number];
export type LivingGrant = NonNullable<ReviewRow["grant"]>;
export type GrantEnding = GrantCalendar["grantCalendar"][number];

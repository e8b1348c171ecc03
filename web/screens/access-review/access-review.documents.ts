import { graphql, type ResultOf } from "../../graphql.ts";
import { ProblemFragment } from "../commands/commands.documents.ts";

export const GrantCalendarQuery = graphql(`
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
      grants {
        giverLeft
        platform {
          id
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
    }
  }
`);

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
export type LivingGrant = GrantCalendar["grants"][number];
export type GrantEnding = GrantCalendar["grantCalendar"][number];

import { graphql, type ResultOf } from "../../graphql.ts";

export const GrantCalendarQuery = graphql(`
  query GrantCalendar($days: Int!) {
    organisation {
      id
      today
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
    }
  }
`);

export type GrantCalendar = NonNullable<ResultOf<typeof GrantCalendarQuery>["organisation"]>;
export type GrantEnding = GrantCalendar["grantCalendar"][number];

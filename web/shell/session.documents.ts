import { LiveOrganisationFragment } from "../live/live.documents.ts";
import { graphql, type ResultOf } from "../graphql.ts";

export const SessionQuery = graphql(
  `
    query Session {
      me {
        id
        name
        email
        memberships {
          role
          organisation {
            id
            slug
            name
          }
        }
      }
      organisation {
        ...LiveOrganisation
      }
    }
  `,
  [LiveOrganisationFragment],
);

export type Session = ResultOf<typeof SessionQuery>;
export type Me = NonNullable<Session["me"]>;

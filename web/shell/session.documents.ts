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
            isSample
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

/** Whether anything is connected at all; files of one's own costs take no slot and count here. */
export const ConnectedQuery = graphql(`
  query Connected {
    datasources(first: 1, filter: { show: CONNECTED }) {
      nodes {
        id
      }
    }
  }
`);

import { graphql, type ResultOf } from "../../graphql.ts";
import { ReasonFragment } from "../../live/live.documents.ts";
import { ProblemFragment } from "../commands/commands.documents.ts";

export const InvitationQuery = graphql(
  `
    query ReauthorizeInvitation($token: String!) {
      reauthorizeLink(token: $token) {
        organisationName
        askedBy
        whoToAsk
        accountName
        state
        expiresAt
        problem {
          ...ReasonParts
        }
        platform {
          name
          title
          prerequisites
          policyUrl
          scopes {
            name
            purpose
          }
        }
      }
    }
  `,
  [ReasonFragment],
);

export const FollowLinkMutation = graphql(
  `
    mutation FollowReauthorizeLink($input: FollowReauthorizeLinkInput!) {
      result: followReauthorizeLink(input: $input) {
        __typename
        ...Problem
        ... on FollowReauthorizeLinkSuccess {
          authorizeUrl
        }
      }
    }
  `,
  [ProblemFragment],
);

export type Invitation = NonNullable<ResultOf<typeof InvitationQuery>["reauthorizeLink"]>;

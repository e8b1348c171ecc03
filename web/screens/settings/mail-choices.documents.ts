import { graphql, type ResultOf } from "../../graphql.ts";
import { ProblemFragment } from "../commands/commands.documents.ts";

export const MailChoicesQuery = graphql(`
  query MailChoices {
    me {
      id
      mails {
        topic
        isOn
      }
    }
  }
`);

export const ChooseMailsMutation = graphql(
  `
    mutation ChooseMails($input: ChooseMailsInput!) {
      result: chooseMails(input: $input) {
        __typename
        ... on ChooseMailsSuccess {
          me {
            id
            mails {
              topic
              isOn
            }
          }
        }
        ...Problem
      }
    }
  `,
  [ProblemFragment],
);

export type MailChoice = NonNullable<ResultOf<typeof MailChoicesQuery>["me"]>["mails"][number];
export type MailTopic = MailChoice["topic"];

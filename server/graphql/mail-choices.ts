/** Which mails a person is written: theirs to choose, but for what keeps their account safe. */
import { chooseMails, readMailChoices } from "../organisations/mails-off.ts";
import type { MailChoice as MailChoiceView } from "../organisations/mails-off.ts";
import { NotAllowed } from "../words/problems.ts";
import { builder, rule } from "./builder.ts";
import { commandField } from "./mutation-field.ts";
import { Me } from "./organisation.ts";
import type { MeView } from "./organisation.ts";

const MailTopic = builder.enumType("MailTopic", {
  description: "What mails are about that one can do without.",
  values: {
    NEEDS_SOMEONE: { value: "needsSomeone" },
    GRANT_ENDING: { value: "grantEnding" },
    PAUSED_BY_PLATFORM: { value: "pausedByPlatform" },
    RECOVERED: { value: "recovered" },
    HISTORY_READ: { value: "historyRead" },
    REQUESTED: { value: "requested" },
    PLATFORM_OPENED: { value: "platformOpened" },
    REVIEW_DUE: { value: "reviewDue" },
  } as const,
});

const MailChoice = builder.objectRef<MailChoiceView>("MailChoice").implement({
  description: "Whether somebody is written to about something.",
  ...rule("ownAccount"),
  fields: (t) => ({
    topic: t.expose("topic", { type: MailTopic, description: "About what." }),
    isOn: t.exposeBoolean("isOn", { description: "They are written to." }),
  }),
});

builder.objectField(Me, "mails", (t) =>
  t.field({
    type: [MailChoice],
    description: "Which mails they are written, of those that they may turn off.",
    resolve: (_me, _args, { db, caller }) => (caller.kind === "person" ? readMailChoices(db, caller.userId) : []),
  }),
);

const ChooseMailsInput = builder.inputType("ChooseMailsInput", {
  description: "For whoever asks alone, in every organisation.",
  fields: (t) => ({
    topic: t.field({ type: MailTopic, required: true, description: "About what." }),
    isOn: t.boolean({ required: true, description: "To be written to." }),
  }),
});
const ChooseMailsSuccess = builder.objectRef<{ readonly me: MeView }>("ChooseMailsSuccess").implement({
  description: "From the next mail on.",
  ...rule("ownAccount"),
  fields: (t) => ({ me: t.field({ type: Me, description: "Who asked.", resolve: ({ me }) => me }) }),
});

commandField({
  name: "chooseMails",
  type: "ChooseMails",
  does: "Turns the mails about something on or off, for whoever asks.",
  permission: "ownAccount",
  input: ChooseMailsInput,
  success: ChooseMailsSuccess,
  problems: [NotAllowed],
  work: async (ctx, input: (typeof ChooseMailsInput)["$inferInput"]) => {
    if (ctx.caller.kind !== "person") throw new NotAllowed();
    await chooseMails(ctx.db, ctx.caller.userId, input);
    return { me: ctx.caller };
  },
});

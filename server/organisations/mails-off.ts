/** Which mails a person wants: by what they are about, kept as the kinds of mail that are not written to them. */
import { eq } from "drizzle-orm";
import { users } from "@headwater/db/schema/tables.ts";
import type { UserId } from "@headwater/db/schema/ids.ts";
import type { Transaction } from "../reading/transaction.ts";

/** Sign-in, passwords and links to oneself are none of them: those are written in any case. */
const KINDS = {
  needsSomeone: [
    "grantEnded",
    "loginEnded",
    "disconnectUndone",
    "frozenAtSource",
    "accountGone",
    "streamsFailed",
    "historyIncomplete",
    "planSmaller",
  ],
  grantEnding: ["grantEnding"],
  pausedByPlatform: ["pausedByUs"],
  recovered: ["recovered", "loginRecovered"],
  historyRead: ["historyDone"],
  requested: ["requested"],
  platformOpened: ["platformOpened"],
  reviewDue: ["reviewDue"],
} as const;

export type MailTopic = keyof typeof KINDS;

export interface MailChoice {
  readonly topic: MailTopic;
  readonly isOn: boolean;
}

const isTopic = (name: string): name is MailTopic => name in KINDS;
const TOPICS = Object.keys(KINDS).filter(isTopic);

export async function readMailChoices(db: Transaction, user: UserId): Promise<MailChoice[]> {
  const [row] = await db.select({ off: users.mailsOff }).from(users).where(eq(users.id, user));
  const off = row?.off ?? [];
  return TOPICS.map((topic) => ({ topic, isOn: !KINDS[topic].every((kind) => off.includes(kind)) }));
}

/** For them alone, in every organisation that they belong to. */
export async function chooseMails(db: Transaction, user: UserId, { topic, isOn }: MailChoice): Promise<void> {
  const [row] = await db.select({ off: users.mailsOff }).from(users).where(eq(users.id, user)).for("update");
  const kinds: readonly string[] = KINDS[topic];
  const others = (row?.off ?? []).filter((kind) => !kinds.includes(kind));
  await db
    .update(users)
    .set({ mailsOff: isOn ? others : [...others, ...kinds] })
    .where(eq(users.id, user));
}

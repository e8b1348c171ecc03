// What a source tells us unasked. Verified on the raw body before anything is read from it; stored, then handled.
import type { Notice } from "./notice.ts";
import type { OAuthClient } from "./authorization.ts";
import type { SourceSession } from "./session.ts";

export type WebhookTopic = "uninstalled" | "customerDataRequest" | "customerErasure" | "accountErasure" | "other";

export type WebhookReading =
  | {
      readonly kind: "accepted";
      /** The source's id of the delivery: the same one twice is the same event. */
      readonly webhookId: string;
      readonly topic: WebhookTopic;
      readonly sourceTopic: string;
      /** `Login.key` of the grant that it speaks of. */
      readonly accountKey: string;
      readonly triggeredAt: Date | null;
    }
  | { readonly kind: "refused"; readonly status: 400 | 401; readonly problem: Notice };

/** Whom a privacy request is about, by the ids of our records. */
export type PrivacySubject = { readonly customerId: string | null; readonly orderIds: readonly string[] };

export interface Webhooks {
  /** Asks the source to call `address`; a second call changes nothing. */
  register(session: SourceSession, address: string): Promise<void>;
  read(
    delivery: { readonly headers: ReadonlyMap<string, string>; readonly body: Uint8Array },
    client: OAuthClient,
  ): WebhookReading;
  /** Of a customer's topic that `read` has accepted; null where the body names nobody. */
  subject?(body: Uint8Array): PrivacySubject | null;
}

// What a source tells us unasked. Verified on the raw body before anything is read from it; stored, then handled.
import type { Json } from "./json.ts";
import type { Notice } from "./notice.ts";
import type { OAuthClient } from "./authorization.ts";
import type { SourceSession } from "./session.ts";

export type WebhookTopic =
  | "uninstalled"
  | "customerDataRequest"
  | "customerErasure"
  | "accountErasure"
  /** Whoever gave the consent asks that what is kept about them goes. */
  | "loginErasure"
  | "other";

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
      /** A code by which who asked can look how far it is; nobody else can guess it. It is the delivery's id as well. */
      readonly receipt?: true;
    }
  | { readonly kind: "refused"; readonly status: 400 | 401; readonly problem: Notice };

/** Whom a privacy request is about, by the ids of our records. */
export type PrivacySubject = { readonly customerId: string | null; readonly orderIds: readonly string[] };

export type Delivery = {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** One of `doors`; null where it came to the platform's own address. */
  readonly door: string | null;
};

export interface Webhooks {
  /** Further addresses, `<address>/<door>`, where the source wants one for each thing that it tells. */
  readonly doors?: readonly string[];
  /** Asks the source to call `address`; a second call changes nothing. */
  register(session: SourceSession, address: string): Promise<void>;
  read(delivery: Delivery, client: OAuthClient): WebhookReading;
  /** How the source wants the receipt of a delivery written: where its asker can look, and by which code. */
  receipt?(given: { readonly url: string; readonly code: string }): Json;
  /** Of a customer's topic that `read` has accepted; null where the body names nobody. */
  subject?(body: Uint8Array): PrivacySubject | null;
}

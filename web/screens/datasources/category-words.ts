import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import type { Category } from "./datasources.documents.ts";

export const categoryWords: Record<Category, MessageDescriptor> = {
  ECOMMERCE: msg`Ecommerce`,
  ADS: msg`Ads`,
  ANALYTICS: msg`Analytics`,
  EMAIL_SMS: msg`Email and SMS`,
  MESSAGING: msg`Messaging`,
  SUBSCRIPTIONS: msg`Subscriptions`,
  ATTRIBUTION: msg`Attribution`,
  OPERATIONS: msg`Operations`,
  SUPPORT: msg`Customer support`,
  PAYMENTS: msg`Payments`,
  OTHER: msg`Other`,
};

// A root field and the arguments that any of them may be given; graphql has checked them against the vendor's schema.
import type { AdminContext } from "./context.ts";
import type { ListArguments } from "./lists.ts";

export interface RootArguments extends ListArguments {
  readonly id?: string;
  readonly ids?: readonly string[];
  readonly limit?: number | null;
  readonly groupObjects?: boolean;
  readonly topic?: string;
  readonly webhookSubscription?: {
    readonly uri?: string | null;
    readonly callbackUrl?: string | null;
    readonly format?: string | null;
  };
}

export type RootField = (args: RootArguments, context: AdminContext) => unknown;

import { DefaultFailureConverter } from "@temporalio/common";

/** Messages and stack traces travel like any other value: where values are encrypted, so are they. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });

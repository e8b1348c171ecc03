// Every table, as one namespace: `schema.datasources`.
export * from "./commands.ts";
export * from "./costs.ts";
export * from "./datasources.ts";
export * from "./grants.ts";
export * from "./mails.ts";
export * from "./metrics.ts";
export * from "./operations.ts";
export * from "./organisations.ts";
export * from "./people.ts";
export * from "./records.ts";
export * from "./reviews.ts";
export * from "./runs.ts";
export * from "./source-days.ts";

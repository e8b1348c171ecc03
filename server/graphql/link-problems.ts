/** What a person can act on about links and plans. */
import type { DatasourceView } from "../reading/datasources.ts";
import { builder } from "./builder.ts";
import { Datasource } from "./datasource-ref.ts";
import { Problem, problem } from "./problems.ts";

export class LinkGone extends Problem {
  readonly typename = "LinkGone";
  constructor() {
    super({ code: "LINK_GONE" });
  }
}

export class LinkLapsed extends Problem {
  readonly typename = "LinkLapsed";
  constructor() {
    super({ code: "LINK_LAPSED" });
  }
}

export class TooManyForPlan extends Problem {
  readonly typename = "TooManyForPlan";
  readonly allowance: number;
  readonly used: number;
  readonly views: readonly DatasourceView[];
  constructor(allowance: number, used: number, views: readonly DatasourceView[]) {
    super({ code: "TOO_MANY_FOR_PLAN", values: { allowance, used } });
    this.allowance = allowance;
    this.used = used;
    this.views = views;
  }
}

builder.objectType(LinkGone, { name: "LinkGone", ...problem("There is no such link here.") });
builder.objectType(LinkLapsed, {
  name: "LinkLapsed",
  ...problem("The link was used, was taken back, has lapsed, or is none of ours."),
});
builder.objectType(TooManyForPlan, {
  name: "TooManyForPlan",
  ...problem("The plan holds fewer connected apps than are in use. Name enough of them in `pause`."),
  fields: (t) => ({
    allowance: t.exposeInt("allowance", { description: "How many the plan holds." }),
    used: t.exposeInt("used", { description: "How many are in use." }),
    datasources: t.field({
      type: [Datasource],
      description: "Those that hold a slot, the least used first.",
      resolve: ({ views }) => [...views],
    }),
  }),
});

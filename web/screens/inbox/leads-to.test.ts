import { expect, test } from "vitest";
import { leadsTo } from "./leads-to.ts";

const platform = { id: "p", name: "klaviyo", title: "Klaviyo", category: "EMAIL_SMS" as const };
const datasource = { id: "d", name: "Klaviyo", platform };
const requested = { kind: "REQUESTED", datasource: null, platform: null } as const;

test.each([
  [{ ...requested, about: "REPAIR", datasource }, "/o/settings/integrations/datasources/d"],
  [{ ...requested, about: "CONNECT", platform }, "/o/settings/integrations/datasources/connect/klaviyo"],
  [{ ...requested, about: "CONNECT" }, "/o/settings/integrations/datasources"],
  [{ ...requested, about: "CHANGE_PLAN" }, "/o/settings/plan"],
  [{ ...requested, about: "SEE_PLAN" }, "/o/settings/plan"],
  [{ ...requested, about: "SEE_ACCESS_REVIEW" }, "/o/settings/integrations/access-review"],
  [{ ...requested, about: "API_TOKEN" }, "/o/settings/developers/tokens"],
  [{ ...requested, kind: "REVIEW_DUE", about: null }, "/o/settings/integrations/access-review"],
  [{ kind: "PLATFORM_OPENED", about: null, datasource: null, platform }, "/o/settings/integrations/datasources"],
  [{ kind: "DATA_DELETED", about: null, datasource, platform: null }, "/o/settings/integrations/datasources/d"],
] as const)("a notice leads to where it is dealt with: %j", (notice, href) => {
  expect(leadsTo(notice, "o")).toBe(href);
});

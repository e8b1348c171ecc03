import { expect, test } from "vitest";
import { connectorByPlatform, connectorFor } from "./connectors.ts";
import { contractSuite } from "./contract.suite.ts";

for (const [platform, connector] of connectorByPlatform) contractSuite(platform, connector);

test("a platform without a folder has no connector, and neither has a name that is none", () => {
  expect(connectorFor("shopify")).not.toBeNull();
  for (const name of ["mountain", "stripe", "nothing", "__proto__", "../shopify", ""])
    expect(connectorFor(name)).toBeNull();
});

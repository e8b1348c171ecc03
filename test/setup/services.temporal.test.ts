import { Connection } from "@temporalio/client";
import { expect, inject, test } from "vitest";

test("the Temporal server of the run has the namespace headwater", async () => {
  const connection = await Connection.connect({ address: inject("temporalAddress") });
  try {
    const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace: "headwater" });
    expect(namespaceInfo?.name).toBe("headwater");
  } finally {
    await connection.close();
  }
});

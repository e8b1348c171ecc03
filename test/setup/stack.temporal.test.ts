import postgres from "postgres";
import { expect, test } from "vitest";
import { startStack } from "./stack.ts";

test("a stack without the API comes up, brings back a killed part, keeps a held one down, and leaves nothing", async () => {
  const stack = await startStack({ only: ["postgres", "temporal", "sandbox", "lifecycle", "load"] });
  try {
    const before = stack.pidOf("postgres");
    await stack.kill("postgres");
    await stack.ready("postgres");
    expect(stack.pidOf("postgres")).not.toBe(before);
    const sql = postgres(stack.ownerUrl, { max: 1 });
    expect(await sql`select count(*)::int as organisations from organisations`).toEqual([{ organisations: 0 }]);
    await sql.end();
    await stack.hold("sandbox");
    expect(stack.pidOf("sandbox")).toBeNull();
    await stack.release("sandbox");
    expect((await fetch(`${stack.sandboxUrl}/healthz`)).status).toBe(200);
    await stack.ready("load");
    await stack.ready("lifecycle");
  } finally {
    await stack.close();
  }
});

import postgres from "postgres";
import { expect, inject, test } from "vitest";

test("the server of the run is an empty PostgreSQL 18 that cuts text by code point and days in UTC", async () => {
  const sql = postgres(inject("postgresUrl"), { max: 1 });
  try {
    const [row] =
      await sql`select current_setting('server_version_num')::int / 10000 as major, current_setting('timezone') as zone, upper('é') as upper`;
    expect(row).toEqual({ major: 18, zone: "UTC", upper: "É" });
  } finally {
    await sql.end();
  }
});

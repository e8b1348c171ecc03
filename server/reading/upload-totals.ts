/** What was expected of a file, beside what it comes to. */
import { comparedTotals } from "@headwater/workflows/client.ts";
import type { ComparedTotal } from "@headwater/workflows/client.ts";
import type { Json } from "@headwater/db/schema/values.ts";
import * as v from "valibot";
import type { UploadRow } from "./uploads.ts";

const amounts = v.array(v.object({ currency: v.string(), amount: v.string() }));
const amountsIn = (stored: readonly Json[]) => {
  const read = v.safeParse(amounts, stored);
  return read.success ? read.output : [];
};

export const comparedOf = ({ expected, totals }: Pick<UploadRow, "expected" | "totals">): ComparedTotal[] =>
  comparedTotals(amountsIn(expected), amountsIn(totals));

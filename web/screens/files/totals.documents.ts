import { graphql } from "../../graphql.ts";

/** What a file comes to: against what somebody expected, and against what stands of it. */
export const TotalsFragment = graphql(`
  fragment TotalsParts on Upload {
    expectedTotals {
      currency
      expected
      difference
    }
    check {
      state
      at
      sums {
        costType
        currency
        inFile
        ours
        rowsInFile
        ourRows
        isEqual
      }
    }
  }
`);

import { useClient } from "urql";
import { GrantCalendarQuery } from "./access-review.documents.ts";
import { shownDays } from "./calendar-days.ts";

/** After a refusal: what is shown is not what there is any more. */
export function useReread(): () => void {
  const client = useClient();
  return () =>
    void client.query(GrantCalendarQuery, { days: shownDays }, { requestPolicy: "network-only" }).toPromise();
}

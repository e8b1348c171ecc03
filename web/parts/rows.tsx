import { Plural } from "@lingui/react/macro";
import { useFormat } from "../language.tsx";

/** "1 row", "1,52,918 rows": grouped as the language does, which the plural's own number would not be. */
export function Rows({ count }: { count: string }) {
  const text = useFormat().count(count);
  return <Plural value={Number(count)} one={`${text} row`} other={`${text} rows`} />;
}

/** What the source counts as one: an order together with its lines. */
export function Records({ count }: { count: string }) {
  const text = useFormat().count(count);
  return <Plural value={Number(count)} one={`${text} record`} other={`${text} records`} />;
}

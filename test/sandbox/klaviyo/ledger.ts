// What was served: which metric, over which days, counted at which hour. The numbers themselves follow from these again.
import type { Store } from "../store.ts";
import type { AggregateAsk } from "./aggregates.ts";
import type { Account } from "./world.ts";

export interface ServedLedger {
  note(account: Account, ask: AggregateAsk): void;
  /** By metric and day, the hour of the newest whole serving; null where a day was never served. */
  countedAt(account: string, metric: string): (day: number) => number | null;
}

const table = `
  create table if not exists klaviyo_served (
    seq integer primary key, account text not null, metric text not null, dimensions text not null,
    from_day integer not null, until_day integer not null, start integer not null, counted_at integer not null
  ) strict;
  create index if not exists klaviyo_served_of on klaviyo_served (account, metric, seq);`;

export function openServedLedger(store: Store): ServedLedger {
  store.exec(table);
  return {
    note({ seed }, { metric, by, from, until, start, countedAt }) {
      store.run(
        "insert into klaviyo_served (account, metric, dimensions, from_day, until_day, start, counted_at) values (?, ?, ?, ?, ?, ?, ?)",
        seed.id,
        metric.id,
        by.join(" "),
        from,
        until,
        start,
        countedAt,
      );
    },
    countedAt(account, metric) {
      // Without dimensions it was a check, and nothing that anybody holds.
      const rows = store.all(
        "select from_day, until_day, counted_at from klaviyo_served where account = ? and metric = ? and dimensions <> '' order by seq desc",
        account,
        metric,
      );
      return (day) => {
        const row = rows.find((each) => Number(each["from_day"]) <= day && Number(each["until_day"]) > day);
        return row === undefined ? null : Number(row["counted_at"]);
      };
    },
  };
}

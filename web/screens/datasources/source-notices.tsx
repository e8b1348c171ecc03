import type { LiveDatasource } from "../../live/live.documents.ts";
import { Icon } from "../../parts/icon.tsx";
import { OutsideLink } from "../../parts/outside-link.tsx";

/** What the source said that a person must know, though nothing is broken: history cut short, more granted than asked. */
export function SourceNotices({ datasource }: { datasource: LiveDatasource }) {
  return datasource.notices.map(({ message, meaning, remedy }) => (
    <div key={message} className="note f">
      <Icon name="help" />
      <div>
        <p>
          <b>{message}</b>
        </p>
        {meaning && <p>{meaning}</p>}
      </div>
      {remedy?.url && (
        <OutsideLink className="btn s" href={remedy.url}>
          {remedy.label}
        </OutsideLink>
      )}
    </div>
  ));
}

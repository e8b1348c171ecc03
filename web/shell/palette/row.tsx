import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { useLiveDatasource } from "../../live/live.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useCommands } from "../../screens/commands/use-commands.ts";
import { usePlace } from "../organisation.tsx";
import { noteRecent } from "./recent.ts";
import type { Option } from "./results.ts";

interface RowProps {
  id: string;
  option: Option;
  /** Whose it is has to be said: its group does not. */
  isTold: boolean;
  isMarked: boolean;
  /** The pointer is on it: the list stays where it is. */
  isInView: boolean;
  onMark: () => void;
  onDone: () => void;
  onHelp: () => void;
}

/** Leads to its place; of what is asked without a question, asks it. */
export function Row(props: RowProps) {
  const { option, onDone, onHelp } = props;
  const [, navigate] = useLocation();
  const { me, organisation } = usePlace();
  const datasource = useLiveDatasource(option.datasource ?? "");
  const { href } = option;
  if (href === null && datasource) return <AskRow {...props} datasource={datasource} />;
  const take = (): void => {
    noteRecent({ person: me.id, slug: organisation.slug }, option.id);
    onDone();
    if (href === null) onHelp();
    else navigate(href);
  };
  return <RowView {...props} onTake={take} />;
}

function AskRow({ datasource, ...props }: RowProps & { datasource: LiveDatasource }) {
  const { me, organisation } = usePlace();
  const commands = useCommands(datasource);
  const { option, onDone } = props;
  const take = (): void => {
    noteRecent({ person: me.id, slug: organisation.slug }, option.id);
    onDone();
    if (option.ask === "resume") void commands.resume();
    else if (option.ask === "checkNow") void commands.checkNow();
    else void commands.syncNow();
  };
  return <RowView {...props} onTake={take} />;
}

/** Keys belong to the field above; a pointer takes a row at once. */
function RowView({ id, option, isTold, isMarked, isInView, onMark, onTake }: RowProps & { onTake: () => void }) {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isMarked && !isInView) row.current?.scrollIntoView({ block: "nearest" });
  }, [isMarked, isInView]);
  return (
    <div
      ref={row}
      id={id}
      role="option"
      aria-selected={isMarked}
      className="prow"
      onPointerMove={onMark}
      onClick={onTake}
    >
      {option.mark}
      <span className="grow cut" translate={option.kind === "datasource" ? "no" : undefined}>
        {option.label}
      </span>
      {isTold && option.about && (
        <span className="xs faint cut" translate="no">
          {option.about}
        </span>
      )}
    </div>
  );
}

import { Trans } from "@lingui/react/macro";
import {
  type ComponentType,
  createElement,
  type FunctionComponent,
  type ReactNode,
  Suspense,
  use,
  useEffect,
} from "react";
import { type Arrival, arrivalOf } from "./arrival.ts";
import { Dialog, DialogFoot, DialogHead } from "./dialog.tsx";
import { Boundary, type Failure, FailureButton, FailureNote, FailureWords } from "./failure.tsx";

export interface Late<Props> extends FunctionComponent<Props> {
  /** When somebody comes near. */
  prefetch: () => void;
}

/** Of a module that comes late. */
type Pick<Module, Props> = (part: Module) => ComponentType<Props>;

/** A component of another chunk. Around it stands an edge that says so where it does not come. */
export function late<Module, Props extends object>(
  load: () => Promise<Module>,
  pick: Pick<Module, Props>,
): Late<Props> {
  return lateOf(arrivalOf(load), pick);
}

/** One of several that come with the same chunk. */
export function lateOf<Module, Props extends object>(
  { promise, prefetch }: Arrival<Module>,
  pick: Pick<Module, Props>,
): Late<Props> {
  const Arriving = (props: Props): ReactNode => createElement(pick(use(promise())), props);
  return Object.assign(Arriving, { prefetch });
}

/** A part of a page, with its edge: where it does not come, that is said in its place. */
export function latePart<Module, Props extends object>(
  load: () => Promise<Module>,
  pick: Pick<Module, Props>,
  fallback: ReactNode = null,
): Late<Props> {
  const Part = late(load, pick);
  const Edged = (props: Props): ReactNode => (
    <Boundary renderFailed={(failure) => <FailureNote failure={failure} />}>
      <Suspense fallback={fallback}>
        <Part {...props} />
      </Suspense>
    </Boundary>
  );
  return Object.assign(Edged, { prefetch: Part.prefetch });
}

interface DialogProps {
  onClose: () => void;
  /** Something stands over the page: the dialog, or the word that it did not come. */
  onStands?: (() => void) | undefined;
}

/** A dialog, with its edge: where it does not come, a dialog says so. */
export function lateDialog<Module, Props extends DialogProps>(
  load: () => Promise<Module>,
  pick: Pick<Module, Props>,
): Late<Props> {
  const Part = late(load, pick);
  const Edged = (props: Props): ReactNode => (
    <DialogEdge onClose={props.onClose} onStands={props.onStands}>
      <Part {...props} />
    </DialogEdge>
  );
  return Object.assign(Edged, { prefetch: Part.prefetch });
}

/** Around what opens over the page: a failure in it opens too, and leaves the page as it is. */
export function DialogEdge({ children, ...props }: DialogProps & { children: ReactNode }) {
  return (
    <Boundary renderFailed={(failure) => <FailedDialog failure={failure} {...props} />}>
      <Suspense fallback={null}>{children}</Suspense>
    </Boundary>
  );
}

function FailedDialog({ failure, onClose, onStands }: DialogProps & { failure: Failure }) {
  useEffect(() => onStands?.(), [onStands]);
  return (
    <Dialog className="dlg narrow" labelledBy="failed-title" role="alertdialog" onClose={onClose}>
      <DialogHead id="failed-title" onClose={onClose}>
        <Trans>This did not open</Trans>
      </DialogHead>
      <p className="b dim">
        <FailureWords failure={failure} />
      </p>
      <DialogFoot>
        <button type="button" className="btn ghost" onClick={onClose}>
          <Trans>Cancel</Trans>
        </button>
        <FailureButton failure={failure} look="btn pri" isFirst />
      </DialogFoot>
    </Dialog>
  );
}

import { useRef, useState } from "react";

interface Once {
  /** For the button: what it began is under way. */
  busy: boolean;
  /** Does the work unless it is under way already. With "leaves" the page goes elsewhere, and until then nothing begins again. */
  once: (work: () => Promise<"leaves" | void>) => void;
}

/** What a second click must not do a second time. */
export function useOnce(): Once {
  const isUnderWay = useRef(false);
  const [busy, setBusy] = useState(false);
  const begin = async (work: () => Promise<"leaves" | void>): Promise<void> => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    setBusy(true);
    let end: "leaves" | void = undefined;
    try {
      end = await work();
    } finally {
      isUnderWay.current = end === "leaves";
      setBusy(end === "leaves");
    }
  };
  return { busy, once: (work) => void begin(work) };
}

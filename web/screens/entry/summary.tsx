import { useEffect, useRef } from "react";

/** What is wrong with a form, on top of it; it takes focus when it appears. */
export function Summary({ problem }: { problem: string | null }) {
  const ref = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (problem) ref.current?.focus();
  }, [problem]);
  if (!problem) return null;
  return (
    <p ref={ref} className="note b sum" role="alert" tabIndex={-1}>
      {problem}
    </p>
  );
}

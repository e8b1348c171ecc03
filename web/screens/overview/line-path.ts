export type Dot = { readonly x: number; readonly y: number } | null;

/** A missing day lifts the pen. */
export function linePath(dots: readonly Dot[]): string {
  let pen = false;
  let path = "";
  for (const dot of dots) {
    if (dot) path += `${pen ? "L" : "M"}${dot.x.toFixed(1)} ${dot.y.toFixed(1)}`;
    pen = dot !== null;
  }
  return path;
}

/** The ways between neighbouring days that are wanted, each drawn on its own where its neighbour is not. */
export function stretches(dots: readonly Dot[], isWanted: (n: number) => boolean): string {
  return dots
    .flatMap((dot, n) => {
      const before = dots[n - 1];
      return dot && before && isWanted(n) ? [linePath([before, dot])] : [];
    })
    .join("");
}

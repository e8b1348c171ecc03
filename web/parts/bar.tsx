import { useFormat } from "../language.tsx";
import { share } from "./size.ts";

export type BarTone = "live" | "g" | "w" | "b" | "n" | "";

/** A bar never runs backwards: its width moves by a transition and its value only grows while the name stays. */
export function Bar({ percent, label, tone = "" }: { percent: number | null; label: string; tone?: BarTone }) {
  const format = useFormat();
  const known =
    percent === null ? {} : { "aria-valuenow": Math.floor(percent), "aria-valuetext": format.percent(percent) };
  return (
    <span className="bar" role="progressbar" aria-valuemin={0} aria-valuemax={100} aria-label={label} {...known}>
      <i className={tone} style={share(percent ?? 0)} />
    </span>
  );
}

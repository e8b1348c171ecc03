const disc = "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z";

const paths = {
  home: "M2.5 7 8 2.5 13.5 7v6a.5.5 0 0 1-.5.5H10V10H6v3.5H3a.5.5 0 0 1-.5-.5z",
  plug: "M5.5 2v3M10.5 2v3M3.5 5h9v2.5a4.5 4.5 0 0 1-9 0zM8 12v2.5",
  shield: "M8 1.8 13 3.7v3.8c0 3.2-2.1 5.5-5 6.7-2.9-1.2-5-3.5-5-6.7V3.7zM5.8 8l1.6 1.6 2.9-3.1",
  key: "M5.5 10.5a3 3 0 1 1 2.8-4h5.7v2.5h-2v2h-2.2V9H8.3a3 3 0 0 1-2.8 1.5z",
  bell: "M4 11V7.200a4 4 0 0 1 8 0V11l1.200 1.500H2.800zM6.700 14.200h2.600",
  help: `${disc}M8 7.5v3.5M8 5v.1`,
  tick: `${disc}M5.5 8.2l1.7 1.7 3.3-3.7`,
  cross: `${disc}M6 6l4 4M10 6l-4 4`,
  pause: `${disc}M6.6 6v4M9.4 6v4`,
  play: `${disc}M6.8 5.8v4.4L10.400 8z`,
  clock: `${disc}M8 4.8V8l2.2 1.5`,
  dashed:
    "M8 2a6 6 0 0 1 2.3.46M13.2 5a6 6 0 0 1 .8 3M13.2 11a6 6 0 0 1-2.9 2.54M8 14a6 6 0 0 1-2.3-.46M2.8 11A6 6 0 0 1 2 8M2.800 5a6 6 0 0 1 2.9-2.540",
  pulse: "M1.8 8h3l1.7-4.2L9.3 12l1.7-4h3.2",
  broken:
    "M6 4.5 7 3.4a3 3 0 0 1 4.4 4.2l-1 1M10 11.5l-1 1.1a3 3 0 0 1-4.4-4.2l1-1M2 5l1.8.7M5 2l.7 1.8M14 11l-1.8-.7M11 14l-.7-1.8",
  warning: "M8 2.3 14.3 13.2H1.7zM8 6.5v3M8 11.3v.1",
  sync: "M13 6.5A5.2 5.2 0 0 0 3.5 5M3 9.5A5.2 5.2 0 0 0 12.5 11M3.2 2.5V5.2H6M12.8 13.5v-2.7H10",
  close: "M4 4l8 8M12 4l-8 8",
  calendar: "M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.5V5M10.5 2.5V5",
  lines: "M3 3.5h10M3 8h10M3 12.5h6",
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  right: "M6 4l4 4-4 4",
  left: "M10 4 6 8l4 4",
  expand: "M4 6l4 4 4-4",
  plus: "M8 3v10M3 8h10",
  spark: "M8.7 1.8 3.5 9H8l-.7 5.2L12.5 7H8z",
  file: "M4 1.8h5l3 3v9.4H4zM9 1.8v3h3",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 13.5 13.5",
  out: "M6 3.5H3v9h9v-3M9 3h4v4M13 3 7.500 8.500",
  leave: "M9.500 3.500H3.500v9h6M7 8h7M11.500 5.500 14 8l-2.500 2.500",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.500v-3h-8v8h3",
  undo: "M3 6.500h6.500a3.500 3.500 0 0 1 0 7H6M5.500 3.500 2.500 6.500l3 3",
  pen: "M3 13l.7-3L11 2.700l2.300 2.300L6 12.300z",
  globe: `${disc}M2 8h12M8 2c2 1.7 2.6 3.7 2.6 6S10 12.3 8 14C6 12.3 5.4 10.3 5.4 8S6 3.7 8 2z`,
  theme: `${disc}M8 2v12M8 4.500h4M8 8h6M8 11.500h4`,
  person: "M8 7.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM3 13.500c0-2.500 2-4 5-4s5 1.500 5 4",
  code: "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, bold = false }: { name: IconName; bold?: boolean }) {
  return (
    <svg className={bold ? "i b" : "i"} viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

export function Mark() {
  return (
    <span className="mk">
      <svg
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        aria-hidden="true"
      >
        <path d="M2 3.2c4.5 0 3.5 4.8 8 4.8h4M2 8h8M2 12.8c4.5 0 3.5-4.8 8-4.8" />
      </svg>
    </span>
  );
}

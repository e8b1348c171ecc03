/** Text into a page of ours that is no part of the app. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

interface Page {
  readonly locale: string;
  readonly title?: string;
  /** A path of ours. */
  readonly style: string;
  /** A line of the head that other pages lack. */
  readonly meta?: string;
  /** `<body>` with all that is in it. */
  readonly body: string;
}

/** A page of ours that is no part of the app. */
export const htmlPage = ({ locale, title = "Headwater", style, meta, body }: Page): string => `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">${meta === undefined ? "" : `\n${meta}`}
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${style}">
</head>
${body}
</html>
`;

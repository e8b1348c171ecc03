// What `npm start` says that more than one place needs.

export const demoOwner = "ananya@monsoonandmoss.in";

export const usage = `npm start                 brings everything up and ends with one address and a sign-in
npm start -- --reset      asks, then throws the embedded database, files and keys away and begins anew
npm start -- --help       this

What may be set instead is listed in server/start/settings.md. Ctrl-C stops everything; the data stays.`;

/** The last lines of a start: where the app is, how to sign in, where the providers are broken on purpose, where mails are.
 * @param {{ config: Pick<import('./config.mjs').StartConfig, 'publicUrl' | 'production' | 'places' | 'smtpUrl'>,
 *   instance: { secrets: { demo: string } }, ports: { sandbox: number } }} plan */
export function welcome({ config: { publicUrl, production, places, smtpUrl }, instance, ports }) {
  const embedded = [
    `    sign in    ${demoOwner}`,
    `    password   ${instance.secrets.demo}`,
    "",
    `  Fault desk   http://127.0.0.1:${ports.sandbox}/`,
    ...(smtpUrl ? [] : [`  Mailbox      ${publicUrl}/mailbox`]),
  ];
  return [
    "",
    `  Ctrl-C stops everything; the data stays in ${places.dataDir}`,
    "",
    `  Open ${publicUrl}`,
    ...(production ? [] : embedded),
    "",
  ].join("\n");
}

const causes = /** @type {Record<string, string>} */ ({
  ENOSPC: "the disk is full",
  EDQUOT: "your share of the disk is full",
  EACCES: "this user may not do that there",
  EPERM: "this user may not do that there",
  EROFS: "that disk is read-only",
});

/** An error as a sentence; what the file system refuses, with what a person can do about it.
 * @param {unknown} error */
export function messageOf(error) {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = /** @type {NodeJS.ErrnoException} */ (error);
  const cause = code ? causes[code] : undefined;
  return cause
    ? `${path ?? "A file"} could not be written: ${cause}. Free it, or choose another folder with DATA_DIR.`
    : error.message;
}

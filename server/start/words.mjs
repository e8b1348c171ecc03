// What `npm start` says that more than one place needs.

export const demoOwner = "ananya@monsoonandmoss.in";

export const usage = `npm start                 brings everything up and ends with one address and a sign-in
npm start -- --reset      asks, then throws the embedded database, files and keys away and begins anew
npm start -- --help       this

What may be set instead is listed in README.md. Ctrl-C stops everything; the data stays.`;

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

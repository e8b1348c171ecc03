/** What a program does about an answer that is none: for each code of GraphQL's errors, of `/api/auth` and of `/v1`. */
export interface Recovery {
  readonly says: string;
  readonly means: string;
  readonly todo: string;
}

const UNCHANGED = "Nothing was changed.";

export const RECOVERY: Readonly<Record<string, Recovery>> = {
  BAD_REQUEST: {
    says: "It is no question that can be asked.",
    means: UNCHANGED,
    todo: "Mend the request; the message says where.",
  },
  INVALID_INPUT: { says: "A value cannot be right.", means: UNCHANGED, todo: "Mend the values that are named." },
  UNAUTHENTICATED: {
    says: "Nobody is signed in, or the token is no good.",
    means: UNCHANGED,
    todo: "Sign in, or give a token that lives.",
  },
  FORBIDDEN: {
    says: "The role, or the token's scopes, do not allow it.",
    means: UNCHANGED,
    todo: "Ask an owner or an admin, or use a token with the scope.",
  },
  LIMIT_EXCEEDED: {
    says: "The question is too deep, too long or too dear.",
    means: UNCHANGED,
    todo: "Ask for less at once: smaller pages, fewer fields.",
  },
  RATE_LIMITED: { says: "Too many questions in a minute.", means: UNCHANGED, todo: "Wait as `Retry-After` says." },
  PERSISTED_DOCUMENT_UNKNOWN: {
    says: "No document of that id is on record.",
    means: UNCHANGED,
    todo: "Load the app anew; it is of an older build.",
  },
  TIMEOUT: {
    says: "It took longer than ten seconds.",
    means: "Of a mutation nothing was kept.",
    todo: "Ask for less at once, or again with the same idempotency key.",
  },
  INTERNAL: {
    says: "Something went wrong on our side.",
    means: "Of a mutation nothing was kept.",
    todo: "Ask again with the same idempotency key; else tell us the error id.",
  },
  NOT_FOUND: { says: "There is no such page.", means: UNCHANGED, todo: "Mend the address." },
  METHOD_NOT_ALLOWED: { says: "Another method is needed.", means: UNCHANGED, todo: "Use the one that `Allow` names." },
  FOREIGN_ORIGIN: {
    says: "A browser sent it from another site.",
    means: UNCHANGED,
    todo: "Open the app itself; a tool uses a token.",
  },
  UNSUPPORTED_MEDIA_TYPE: { says: "It is not JSON.", means: UNCHANGED, todo: "Send JSON, and say so." },
  TOO_LARGE: { says: "The body is too large.", means: UNCHANGED, todo: "Send less." },
  TOO_MANY_ATTEMPTS: {
    says: "Too many tries of one account or one address.",
    means: UNCHANGED,
    todo: "Wait as `Retry-After` says, or use a browser that signed in before.",
  },
  INVALID_EMAIL_OR_PASSWORD: {
    says: "E-mail and password do not belong together.",
    means: UNCHANGED,
    todo: "Try again; whether the address has an account is not told.",
  },
  WEAK_PASSWORD: {
    says: "The password is short, known, or made of one's own name.",
    means: UNCHANGED,
    todo: "Choose another one.",
  },
  WRONG_PASSWORD: {
    says: "The current password is another one.",
    means: "The password stays as it is.",
    todo: "Give the one that signs you in.",
  },
  LINK_LAPSED: {
    says: "The link was used, has lapsed, or is none of ours.",
    means: UNCHANGED,
    todo: "Sign in, or ask for a new one.",
  },
  OTHER_BROWSER: {
    says: "The link of a sign-up was opened in another browser than the one that asked for it.",
    means: "No organisation was made; the link still works where it was asked for.",
    todo: "Open it there, or sign up in this browser.",
  },
};

// What the SFTP double stands on: files, who may come in, and how it is told to misbehave.
export interface LaidFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly modifiedMs: number;
  /** It is a link to the file of this name. */
  readonly leadsTo?: string;
  /** It may be listed and not read. */
  readonly isClosed?: boolean;
}

export interface Misbehaviour {
  /** This file grows by a line whenever the folder is listed. */
  growing?: string;
  /** Reads answer this many bytes at most, each after so long. */
  drip?: { readonly bytes: number; readonly everyMs: number };
  /** The list holds a name of so many letters. */
  hugeName?: number;
  /** Nothing is answered once somebody is in. */
  hang?: boolean;
  /** Files may be listed and not read. */
  closedFiles?: boolean;
  /** Passwords are taken as the answer to a question alone. */
  asksQuestions?: boolean;
  /** A sign-in that is not accepted ends the connection, as with OpenSSH after the last try. */
  hangsUp?: boolean;
  /** Whoever is in is given no files. */
  noSftp?: boolean;
  /** Whoever signs in is to give a new password first. */
  asksNewPassword?: boolean;
}

export interface SftpGround {
  readonly port: number;
  /** A private key in OpenSSH's form, kept from start to start; null: one is made. */
  readonly key: string | null;
  readonly keepKey: (key: string) => void;
  readonly user: string;
  readonly password: string;
  /** In OpenSSH's form; null: nobody comes in by key. */
  readonly publicKey: string | null;
  files(): LaidFile[];
  find(name: string): LaidFile | null;
  grow(name: string): void;
}

export interface Room {
  readonly ground: SftpGround;
  readonly ways: Misbehaviour;
  readonly operations: string[];
}

/** Hands letters to the mail server that is set. */
import { createTransport } from "nodemailer";
import type { Letter } from "./compose.ts";

const SEND_MS = 20_000;

export interface Handing {
  hand(to: string, letter: Letter): Promise<void>;
  close(): void;
}

/** Letters hold links that open things: beyond this machine they travel under TLS or not at all. */
export const needsTls = (url: string): boolean =>
  !/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(URL.parse(url)?.hostname ?? "");

export function openTransport(url: string, from: string, requireTLS = needsTls(url)): Handing {
  const transport = createTransport(
    { url, requireTLS, pool: true, connectionTimeout: SEND_MS, greetingTimeout: SEND_MS, socketTimeout: SEND_MS },
    { from },
  );
  return {
    async hand(to, { subject, body }) {
      await transport.sendMail({
        // As an object, so that a comma in it is no second receiver.
        to: { name: "", address: to },
        subject,
        text: body,
        headers: { "auto-submitted": "auto-generated" },
      });
    },
    close: () => transport.close(),
  };
}

/** Hands letters to the mail server that is set. */
import { createTransport } from "nodemailer";
import type { Letter } from "./compose.ts";

const SEND_MS = 20_000;

export interface Handing {
  hand(to: string, letter: Letter): Promise<void>;
  close(): void;
}

export function openTransport(url: string, from: string): Handing {
  const transport = createTransport(
    { url, pool: true, connectionTimeout: SEND_MS, greetingTimeout: SEND_MS, socketTimeout: SEND_MS },
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

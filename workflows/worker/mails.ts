/** The `lifecycle` worker's part in mails: who hands them on, and how often it looks. */
import { openTransport } from "../mails/transport.ts";
import { sendMails } from "../mails/send.ts";
import type { MailDeps } from "../mails/send.ts";
import type { WorkerConfig } from "./config.ts";
import { repeat } from "./repeat.ts";
import type { Loop } from "./repeat.ts";

const EVERY_MS = 1_000;

export function keepMailing(
  config: WorkerConfig,
  deps: Omit<MailDeps, "hand" | "vaultPrivateKey" | "publicUrl">,
): Loop {
  if (config.smtpUrl === null && config.isProduction)
    throw new Error("SMTP_URL: is missing; in production nobody could read the mails that are not handed on");
  const transport = config.smtpUrl === null ? null : openTransport(config.smtpUrl, config.mailFrom);
  const hand: MailDeps["hand"] = transport === null ? null : (to, letter) => transport.hand(to, letter);
  const loop = repeat(EVERY_MS, async () => {
    try {
      await sendMails({ ...deps, hand, vaultPrivateKey: config.vaultPrivateKey, publicUrl: config.publicUrl });
    } catch (error) {
      deps.log.warn("mails wait", { error: String(error) });
    }
  });
  return {
    stop() {
      loop.stop();
      transport?.close();
    },
  };
}

// What a pasted key is taken for. The keys are made here and guard nothing.
import { generateKeyPairSync } from "node:crypto";
import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { hostKeyOf } from "./host-key.ts";
import { shapeOfKey } from "./private-key.ts";

const { utils } = ssh2;
const open = utils.generateKeyPairSync("ecdsa", { bits: 256 });
const sealed = utils.generateKeyPairSync("ecdsa", {
  bits: 256,
  cipher: "aes256-ctr",
  passphrase: "canary",
  rounds: 16,
});
const slow = Buffer.from(sealed.private.split("\n").slice(1, -1).join(""), "base64");
slow.writeUInt32BE(2 ** 31, slow.indexOf("bcrypt") + "bcrypt".length + 4 + 4 + 16);
const slowKey = `-----BEGIN OPENSSH PRIVATE KEY-----\n${slow.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----`;
const rsa = (encoding: object) =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem", ...encoding },
  });
const ownWay = String(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
const curve = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
const sec1 = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey.export({ type: "sec1", format: "pem" });

test.each([
  ["OpenSSH's own", open.private, "open"],
  ["with Windows' line ends and blanks around", `\r\n ${open.private.replaceAll("\n", "\r\n")}\r\n\r\n`, "open"],
  ["with a passphrase", sealed.private, "sealed"],
  ["that would take an hour to open", slowKey, "unreadable"],
  ["RSA as PEM", rsa({}).privateKey, "open"],
  ["RSA as PEM with a passphrase", rsa({ cipher: "aes-128-cbc", passphrase: "x" }).privateKey, "sealed"],
  ["as OpenSSL 3 writes it", ownWay, "open"],
  ["with its curve before it", `${curve}${String(sec1)}`, "open"],
  ["the public half", open.public, "public"],
  ["the public half as PEM", rsa({}).publicKey, "public"],
  ["cut short", open.private.slice(0, 80), "unreadable"],
  ["a password", "hunter2", "unreadable"],
  ["nothing", "", "unreadable"],
])("a key %s", (_what, text, shape) => {
  expect(shapeOfKey(text)).toBe(shape);
});

test("a host key is told as ssh-keygen tells it, whatever comes over the wire", () => {
  // `ssh-keygen -lf` on this very key.
  const wire = Buffer.from("AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl", "base64");
  expect(hostKeyOf(wire)).toBe("ssh-ed25519 SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
  for (const odd of [Buffer.alloc(0), Buffer.from("\xff\xff\xff\xff<script>", "latin1"), Buffer.alloc(3)]) {
    expect(hostKeyOf(odd)).toMatch(/^unknown SHA256:[A-Za-z0-9+/]{43}$/);
  }
});

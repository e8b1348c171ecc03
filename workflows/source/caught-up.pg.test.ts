// A consent that comes while a run is under way: the run goes on with what it brought, and no refusal of the old one is believed.
import type { Connector } from "@headwater/connectors/contract.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import { answerWith, outboundThat } from "@headwater/connectors/testing/answer.ts";
import { credentialId, publicKeyOf, seal } from "@headwater/db";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { makeRig, type Rig } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { openSource } from "./session.ts";
import { readStanding } from "./standing.ts";

let rig: Rig;
let good = "access-1";
const shown: string[] = [];

const outbound = outboundThat(({ headers = {} }) => {
  shown.push(headers["x-key"] ?? "");
  return answerWith(headers["x-key"] === good ? 200 : 401);
});
const connector: Connector = scriptedConnector({
  pages: scripted([]),
  connector: {
    hosts: () => ({ credential: ["api.example.com"], open: [] }),
    sign: ({ url, headers }, credential) => ({ url, headers: { ...headers, "x-key": credential["access"] ?? "" } }),
  },
});

beforeEach(async () => {
  good = "access-1";
  shown.length = 0;
  rig = await makeRig(inject("postgresUrl"), connector, { outbound });
});
afterEach(() => rig.close());

async function openHere() {
  const standing = await readStanding(rig.deps.sql, rig.ref);
  if (standing === undefined) throw new Error("the datasource is not there");
  return openSource(rig.deps, rig.ref, standing, { signal: AbortSignal.timeout(300_000) }).session;
}
const call = async (session: Awaited<ReturnType<typeof openHere>>) =>
  session.http.call(
    { method: "GET", url: "https://api.example.com/x", credential: "attached", cost: 0, purpose: "x" },
    async ({ status }) => {
      if (status === 200) return status;
      throw new SourceFailure({ class: "reauthorize", why: "revoked", code: "toy.revoked", said: "" });
    },
  );

/** As a proven consent leaves the grant. */
async function consentAnew(access: string): Promise<void> {
  const ids = {
    organisationId: rig.ref.organisationId,
    grantId: rig.grantId,
    credentialId: credentialId(randomUUID()),
  };
  const { sealed, wrappedKey, keyId } = seal(publicKeyOf(rig.deps.vaultPrivateKey), ids, { access });
  await rig.owner`insert into credentials (organisation_id, id, grant_id, version, sealed, wrapped_key, key_id)
    values (${ids.organisationId}, ${ids.credentialId}, ${ids.grantId}, 2, ${sealed}, ${wrappedKey}, ${keyId})`;
  await rig.owner`update grants set credential_id = ${ids.credentialId}, version = 2 where id = ${ids.grantId}`;
}

test("the refused call is made once more with the new credential, and so are those after it", async () => {
  const session = await openHere();
  expect(await call(session)).toBe(200);
  good = "access-2";
  await consentAnew("access-2");
  expect(await call(session)).toBe(200);
  expect(await call(session)).toBe(200);
  expect(shown).toEqual(["access-1", "access-1", "access-2", "access-2"]);
});

test("with none, or one that is refused as well, the refusal stands", async () => {
  const session = await openHere();
  good = "access-3";
  await expect(call(session)).rejects.toMatchObject({ failure: { class: "reauthorize" } });
  await consentAnew("access-2");
  await expect(call(session)).rejects.toMatchObject({ failure: { class: "reauthorize" } });
  // A lasting key is shown twice, for a refusal may be a blip; never more.
  expect(shown.filter((key) => key === "access-2").length).toBeLessThanOrEqual(2);
});

test("nor is it believed where its grant was joined to another meanwhile: who begins again stands on that one", async () => {
  const session = await openHere();
  good = "access-2";
  await rig.owner`update grants set ended_at = now(), credential_id = null where id = ${rig.grantId}`;
  const called = call(session);
  await expect(called).rejects.toThrow("the grant has ended");
  await expect(called).rejects.not.toHaveProperty("failure");
});

test("an address from the source that is none is refused as such, and is no fault of ours", async () => {
  const { http } = await openHere();
  for (const credential of ["attached", "none"] as const) {
    const called = http.call({ method: "GET", url: "http://[", credential, cost: 0, purpose: "x" }, async () => null);
    await expect(called).rejects.toMatchObject({
      failure: { class: "invalid_request", code: "outbound.notAnAddress" },
    });
  }
});

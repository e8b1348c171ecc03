import { expect, test } from "vitest";
import { MAIL_KINDS } from "@headwater/workflows/mails/compose.ts";
import { ownApi } from "../testing/own-api.ts";
import { ask, signUp } from "../testing/visitor.ts";

const api = ownApi();

const OWN = "{ me { mails { topic isOn } } }";
const CHOOSE = `mutation ($input: ChooseMailsInput!) {
  result: chooseMails(input: $input) { is: __typename ... on ChooseMailsSuccess { me { id mails { topic isOn } } } } }`;

test("each chooses for themselves which mails they are written, and what is turned on again is as it was", async () => {
  const [one, other] = [await signUp(api), await signUp(api)];
  const off = async (visitor: typeof one) =>
    (await visitor.ask(OWN)).data.me.mails.flatMap(({ topic, isOn }: { topic: string; isOn: boolean }) =>
      isOn ? [] : [topic],
    );
  const choose = async (topic: string, isOn: boolean) =>
    (await one.ask(CHOOSE, { input: { topic, isOn } })).data.result.is;
  expect(await off(one)).toEqual([]);
  expect(await choose("RECOVERED", false)).toBe("ChooseMailsSuccess");
  expect(await choose("NEEDS_SOMEONE", false)).toBe("ChooseMailsSuccess");
  await choose("NEEDS_SOMEONE", false);
  expect([await off(one), await off(other)]).toEqual([["NEEDS_SOMEONE", "RECOVERED"], []]);
  await choose("NEEDS_SOMEONE", true);
  expect(await off(one)).toEqual(["RECOVERED"]);
  const [row] = await api.owner.sql`select mails_off from users where id = ${one.userId}`;
  expect(row).toEqual({ mails_off: ["recovered", "loginRecovered"] });
});

test("whatever is turned off at once is a mail that there is, and nothing that keeps an account safe", async () => {
  const visitor = await signUp(api);
  const { data } = await visitor.ask(OWN);
  for (const { topic } of data.me.mails) await visitor.ask(CHOOSE, { input: { topic, isOn: false } });
  const [row] = await api.owner.sql<{ off: string[] }[]>`
    select mails_off as off from users where id = ${visitor.userId}`;
  const written = MAIL_KINDS.filter((kind) => !row?.off.includes(kind));
  expect(row?.off.filter((kind) => !MAIL_KINDS.some((one) => one === kind))).toEqual([]);
  expect(written).toEqual([
    "confirmSignUp",
    "addressTaken",
    "reauthorizeLink",
    "reauthorizeDone",
    "passwordChanged",
    "recover",
  ]);
});

test("whoever is not signed in chooses nothing", async () => {
  await signUp(api);
  const { data, errors } = await ask(api, {}, CHOOSE, { input: { topic: "RECOVERED", isOn: false } });
  expect(data?.result ?? null).toBeNull();
  expect(errors?.[0]?.extensions).toMatchObject({ code: "UNAUTHENTICATED" });
});

// GraphQL over HTTP as programs that know nothing but its specification read it.
import { expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

test("what cannot be run says so by its status in GraphQL's own media type, and is 200 in plain JSON", async () => {
  const { cookie } = await signUp(api);
  const asked = async (accept: string, more: object) => {
    const headers = { "content-type": "application/json", cookie, accept };
    const answered = await fetch(`${api.url}/graphql`, { method: "POST", headers, body: JSON.stringify(more) });
    return [answered.status, answered.headers.get("content-type")?.split(";")[0], await answered.json()];
  };
  const own = "application/graphql-response+json";
  for (const wrong of [
    { query: "{" },
    { query: "{ nothingOfThisName }" },
    { query: "query A { me { name } } query B { me { name } }" },
    { query: "query ($first: Int!) { datasources(first: $first) { totalCount } }", variables: { first: "x" } },
  ]) {
    expect((await asked(own, wrong)).slice(0, 2), JSON.stringify(wrong)).toEqual([400, own]);
    const [status, type, body] = await asked("application/json", wrong);
    expect([status, type]).toEqual([200, "application/json"]);
    expect(Object.keys(body.errors[0].extensions), "what is for the status alone stays here").toEqual(["code"]);
  }
  expect((await asked(own, { query: "{ me { name } }" }))[0]).toBe(200);
});

test("an answer comes in the type that is liked best, its status with it, and 401 says how to sign in", async () => {
  const { cookie } = await signUp(api);
  const own = "application/graphql-response+json";
  const asked = async (headers: Record<string, string>, query = "{") => {
    const init = { method: "POST", headers: { "content-type": "application/json", ...headers } };
    const answered = await fetch(`${api.url}/graphql`, { ...init, body: JSON.stringify({ query }) });
    return [answered.status, answered.headers.get("content-type")?.split(";")[0], answered] as const;
  };
  const liked = async (accept: string) => (await asked({ cookie, accept })).slice(0, 2);
  expect(await liked(`application/json;q=0.5, ${own}`)).toEqual([400, own]);
  expect(await liked(`application/json, ${own};q=0.5`)).toEqual([200, "application/json"]);
  const [status, type, refused] = await asked({ cookie, accept: own, "content-type": "text/plain" });
  expect([status, type]).toEqual([415, own]);
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: "UNSUPPORTED_MEDIA_TYPE" } }] });
  const challenge = async (headers: Record<string, string>) => {
    const [shut, , answered] = await asked(headers, "{ me { name } }");
    return [shut, answered.headers.get("www-authenticate")];
  };
  expect(await challenge({})).toEqual([401, 'Bearer realm="Headwater"']);
  const wrong = await challenge({ authorization: "Bearer hw_no_token" });
  expect(wrong).toEqual([401, 'Bearer realm="Headwater", error="invalid_token"']);
});

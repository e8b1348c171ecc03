import { expect, test } from "vitest";
import { asksForKey, formOf, inputOf, withKind } from "./feed-form.ts";

const typed = {
  ...formOf(null),
  name: " Warehouse ",
  url: "https://files.example/costs.csv",
  host: " sftp.example.com ",
  pattern: "/out/*.csv",
  user: "me",
  secret: "hidden",
};

test("only what the chosen place has is sent", () => {
  expect(inputOf({ ...typed, auth: "bearer" })).toEqual({
    name: "Warehouse",
    url: "https://files.example/costs.csv",
    auth: "bearer",
    secret: "hidden",
    mode: "UPSERT",
    everyMinutes: 1440,
  });
  expect(inputOf(withKind(typed, "sftp"))).toEqual({
    name: "Warehouse",
    host: "sftp.example.com",
    port: 22,
    pattern: "/out/*.csv",
    user: "me",
    auth: "password",
    secret: "hidden",
    mode: "UPSERT",
    everyMinutes: 1440,
  });
  expect(inputOf({ ...withKind(typed, "sftp"), port: "twenty" }).port, "refused beside its field").toBe(0);
});

test("a key is asked for while it is not the one that was agreed to", () => {
  expect(asksForKey({ metHostKey: null, hostKey: null })).toBe(false);
  expect(asksForKey({ metHostKey: "a", hostKey: null })).toBe(true);
  expect(asksForKey({ metHostKey: "b", hostKey: "a" })).toBe(true);
  expect(asksForKey({ metHostKey: "a", hostKey: "a" })).toBe(false);
});

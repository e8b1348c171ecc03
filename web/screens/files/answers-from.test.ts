import { expect, test } from "vitest";
import { answersFrom } from "./answers-from.ts";

test("each kind of question goes where its answer is read, several date columns side by side", () => {
  const questions = [
    { kind: "dateOrder", column: "start", guess: "DMY" },
    { kind: "dateOrder", column: "end", guess: "MDY" },
    { kind: "decimal", column: null, guess: "," },
    { kind: "encoding", column: null, guess: "windows-1252" },
    { kind: "costType", column: null, guess: null },
  ].map((question) => ({ ...question, sample: null }));
  const said = (question: { guess: string | null }) => question.guess ?? "shipping";
  expect(answersFrom(questions, said)).toEqual({
    dateOrders: [
      { header: "start", order: "DMY" },
      { header: "end", order: "MDY" },
    ],
    decimal: ",",
    encoding: "windows-1252",
    costType: "shipping",
  });
  expect(answersFrom([], said)).toEqual({});
});

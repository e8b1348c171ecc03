import type { Review } from "./review.documents.ts";
import type { MappingAnswers } from "./use-files.ts";

export type Question = Review["mapping"]["questions"][number];

export function answersFrom(questions: readonly Question[], answerOf: (question: Question) => string): MappingAnswers {
  const answers: MappingAnswers = {};
  const dateOrders: { header: string; order: string }[] = [];
  for (const question of questions) {
    const answer = answerOf(question);
    if (question.kind === "dateOrder" && question.column) dateOrders.push({ header: question.column, order: answer });
    if (question.kind === "decimal") answers.decimal = answer;
    if (question.kind === "encoding") answers.encoding = answer;
    if (question.kind === "costType") answers.costType = answer;
  }
  return dateOrders.length > 0 ? { ...answers, dateOrders } : answers;
}

/** What stands in a column of JSON, by name and kind; what is of another kind is not there. */
import type { JsonObject } from "@headwater/db/schema/values.ts";

export const number = (object: JsonObject, key: string): number => (typeof object[key] === "number" ? object[key] : 0);
export const text = (object: JsonObject, key: string): string | null =>
  typeof object[key] === "string" ? object[key] : null;
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const objects = (list: unknown): JsonObject[] => (Array.isArray(list) ? list.filter(isObject) : []);

export const texts = (list: unknown): string[] =>
  Array.isArray(list) ? list.map((value: unknown) => (typeof value === "string" ? value : "")) : [];

/** Puts the permission table in front of every field. A field without a rule is a mistake that stops the start. */
import { defaultFieldResolver, GraphQLError, isObjectType } from "graphql";
import type { GraphQLField, GraphQLSchema } from "graphql";
import { may, PERMISSIONS } from "../access/permissions.ts";
import type { Permission } from "../access/permissions.ts";
import type { Context } from "./context.ts";

const isPermission = (value: unknown): value is Permission => typeof value === "string" && value in PERMISSIONS;

export function ruleOf(owner: { extensions: Readonly<Record<string, unknown>> }): Permission | null {
  const named = owner.extensions["rule"];
  return isPermission(named) ? named : null;
}

export function guard(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__") || !isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) guardField(type.name, ruleOf(type), field);
  }
  return schema;
}

function guardField(type: string, ofType: Permission | null, field: GraphQLField<unknown, Context>): void {
  const permission = ruleOf(field) ?? ofType;
  if (permission === null) throw new Error(`${type}.${field.name} names no rule of the permission table`);
  field.extensions = { ...field.extensions, rule: permission };
  if (permission === "anybody" || field.extensions["answersRefusal"] === true) return;
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (source, args, ctx, info) => {
    if (!may(ctx.caller, permission)) throw refusal(ctx);
    return resolve(source, args, ctx, info);
  };
}

export const refusal = ({ caller }: Pick<Context, "caller">): GraphQLError =>
  caller.kind === "nobody"
    ? new GraphQLError("Sign in first.", { extensions: { code: "UNAUTHENTICATED" } })
    : new GraphQLError("Your role does not allow this.", { extensions: { code: "FORBIDDEN" } });

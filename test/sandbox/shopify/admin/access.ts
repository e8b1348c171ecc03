// Which scopes a field asks for, from the vendor's own list, and what the vendor says when one is missing.
import { getNamedType, GraphQLError, isObjectType, type GraphQLOutputType, type GraphQLResolveInfo } from "graphql";
import type { AccessRule } from "./schema.ts";

export interface Grant {
  readonly scopes: ReadonlySet<string>;
  /** Protected customer data: 0 none, 1 customer objects, 2 also name, address, phone and e-mail. */
  readonly customerLevel: 0 | 1 | 2;
}

/** A write scope gives its read scope too. */
export function grantOf(scopes: readonly string[], customerLevel: 0 | 1 | 2): Grant {
  const implied = scopes.flatMap((scope) => (scope.startsWith("write_") ? [`read_${scope.slice(6)}`] : []));
  return { scopes: new Set([...scopes, ...implied]), customerLevel };
}

const personal = new Set([
  "Customer.email",
  "Customer.firstName",
  "Customer.lastName",
  "Customer.displayName",
  "Customer.phone",
  "Order.email",
  "Order.phone",
]);

/** `OrderConnection` is guarded as `Order` is. */
const guardedName = (type: GraphQLOutputType): string => {
  const named = getNamedType(type);
  return isObjectType(named) ? named.name.replace(/(Connection|Edge)$/, "") : named.name;
};

type Field = Pick<GraphQLResolveInfo, "parentType" | "fieldName" | "returnType" | "path">;

export type AccessCheck = (field: Field, grant: Grant) => void;

const protectedData = "https://shopify.dev/docs/apps/launch/protected-customer-data";

interface Need {
  readonly rules: readonly AccessRule[];
  readonly isCustomer: boolean;
  readonly isPersonal: boolean;
}

function needIn(rules: readonly AccessRule[]): (field: Field) => Need | null {
  const byType = new Map(rules.filter((rule) => rule.fieldName === null).map((rule) => [rule.typeName, rule]));
  const byField = new Map(rules.map((rule) => [`${rule.typeName}.${rule.fieldName}`, rule]));
  return (field) => {
    const key = `${field.parentType.name}.${field.fieldName}`;
    const guarded = guardedName(field.returnType);
    const found = [byField.get(key), byType.get(guarded)].filter((rule) => rule !== undefined);
    const need = { rules: found, isCustomer: guarded === "Customer", isPersonal: personal.has(key) };
    return found.length > 0 || need.isCustomer || need.isPersonal ? need : null;
  };
}

export function accessCheck(rules: readonly AccessRule[]): AccessCheck {
  const needOf = needIn(rules);
  // Asked for every field of every record, so what a field needs is worked out once.
  const known = new Map<object, Map<string, Need | null>>();
  return (field, grant) => {
    let ofType = known.get(field.parentType);
    if (!ofType) known.set(field.parentType, (ofType = new Map()));
    let need = ofType.get(field.fieldName);
    if (need === undefined) ofType.set(field.fieldName, (need = needOf(field)));
    if (need === null) return;
    for (const rule of need.rules) {
      if (!rule.scopes.some((scope) => grant.scopes.has(scope))) throw denied(field, rule.scopes[0] ?? "");
      if (rule.needsLevelTwo && grant.customerLevel < 2) throw notApproved(field.fieldName, field);
    }
    if (need.isCustomer && grant.customerLevel < 1) throw notApproved("Customer", field);
    if (need.isPersonal && grant.customerLevel < 2) throw notApproved(field.fieldName, field);
  };
}

function pathOf(field: Field): (string | number)[] {
  const path: (string | number)[] = [];
  for (let step: Field["path"] | undefined = field.path; step; step = step.prev) path.unshift(step.key);
  return path;
}

function denied(field: Field, scope: string): GraphQLError {
  const requiredAccess = `\`${scope}\` access scope.`;
  return new GraphQLError(`Access denied for ${field.fieldName} field. Required access: ${requiredAccess}`, {
    path: pathOf(field),
    extensions: { code: "ACCESS_DENIED", documentation: "https://shopify.dev/api/usage/access-scopes", requiredAccess },
  });
}

function notApproved(what: string, field: Field): GraphQLError {
  return new GraphQLError(
    `This app is not approved to access the ${what} object. See ${protectedData} for more details.`,
    {
      path: pathOf(field),
      extensions: { code: "ACCESS_DENIED", documentation: protectedData },
    },
  );
}

// Which scopes a field asks for, from the vendor's own list, and what the vendor says when one is missing.
import { getNamedType, GraphQLError, isObjectType, type GraphQLOutputType } from "graphql";
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

export interface AccessCheck {
  (
    field: { parentType: string; name: string; type: GraphQLOutputType },
    grant: Grant,
    path: readonly (string | number)[],
  ): void;
}

const protectedData = "https://shopify.dev/docs/apps/launch/protected-customer-data";

export function accessCheck(rules: readonly AccessRule[]): AccessCheck {
  const byType = new Map(rules.filter((rule) => rule.fieldName === null).map((rule) => [rule.typeName, rule]));
  const byField = new Map(
    rules.filter((rule) => rule.fieldName !== null).map((rule) => [`${rule.typeName}.${rule.fieldName}`, rule]),
  );
  const needs = new Map<string, readonly AccessRule[]>();

  const needsOf = (key: string, type: GraphQLOutputType): readonly AccessRule[] => {
    const known = needs.get(key);
    if (known) return known;
    const found = [byField.get(key), byType.get(guardedName(type))].filter((rule) => rule !== undefined);
    needs.set(key, found);
    return found;
  };

  return (field, grant, path) => {
    const key = `${field.parentType}.${field.name}`;
    for (const rule of needsOf(key, field.type)) {
      if (!rule.scopes.some((scope) => grant.scopes.has(scope))) {
        throw new GraphQLError(
          `Access denied for ${field.name} field. Required access: \`${rule.scopes[0] ?? ""}\` access scope.`,
          {
            path,
            extensions: {
              code: "ACCESS_DENIED",
              documentation: "https://shopify.dev/api/usage/access-scopes",
              requiredAccess: `\`${rule.scopes[0] ?? ""}\` access scope.`,
            },
          },
        );
      }
      if (rule.needsLevelTwo && grant.customerLevel < 2) throw notApproved(field.name, path);
    }
    if (grant.customerLevel < 1 && guardedName(field.type) === "Customer") throw notApproved("Customer", path);
    if (grant.customerLevel < 2 && personal.has(key)) throw notApproved(field.name, path);
  };
}

function notApproved(what: string, path: readonly (string | number)[]): GraphQLError {
  return new GraphQLError(
    `This app is not approved to access the ${what} object. See ${protectedData} for more details.`,
    {
      path,
      extensions: { code: "ACCESS_DENIED", documentation: protectedData },
    },
  );
}

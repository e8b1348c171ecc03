import { Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { Ago } from "../../parts/time.tsx";
import { usesOf, useWords } from "../tokens/uses.ts";
import type { ReviewRow } from "./access-review.documents.ts";
import { Decide } from "./decide.tsx";
import { decidedAs } from "./decided.ts";
import { AtTokens } from "./where-done.tsx";

export function People({ rows }: { rows: readonly ReviewRow[] }) {
  return (
    <section className="card pad" aria-labelledby="people">
      <h2 id="people">
        <Trans>People</Trans>
      </h2>
      <ul className="ls reviewed">
        {rows.map((row) => row.member && <Person key={row.id} row={row} member={row.member} />)}
      </ul>
    </section>
  );
}

function Person({ row, member: { name, email, role, since } }: Of<"member">) {
  const format = useFormat();
  return (
    <li>
      <div className="grow">
        <b>{name}</b> · {roleWords[role]}
        <p className="xs faint">
          <span translate="no">{email}</span> · <Trans comment="a member">since {format.whenWithin(since)}</Trans>
        </p>
      </div>
      <Decide row={row} what={name} />
    </li>
  );
}

type Of<Kind extends "member" | "token"> = { row: ReviewRow } & { [kind in Kind]: NonNullable<ReviewRow[Kind]> };

const roleWords: Readonly<Record<NonNullable<ReviewRow["member"]>["role"], React.ReactNode>> = {
  OWNER: <Trans comment="a role">Owner</Trans>,
  ADMIN: <Trans comment="a role">Admin</Trans>,
  ANALYST: <Trans comment="a role">Analyst</Trans>,
  VIEWER: <Trans comment="a role">Viewer</Trans>,
};

export function Tokens({ rows }: { rows: readonly ReviewRow[] }) {
  return (
    <section className="card pad" aria-labelledby="tokens">
      <h2 id="tokens">
        <Trans>API tokens</Trans>
      </h2>
      {rows.length === 0 ? (
        <p className="sm dim">
          <Trans comment="API tokens that still work">There are none.</Trans>
        </p>
      ) : (
        <ul className="ls reviewed">
          {rows.map((row) => row.token && <TokenLine key={row.id} row={row} token={row.token} />)}
        </ul>
      )}
    </section>
  );
}

function TokenLine({ row, token }: Of<"token">) {
  const { t } = useLingui();
  const format = useFormat();
  const { name, lastFour, scopes, createdBy, createdAt, lastUsedAt, expiresAt } = token;
  return (
    <li>
      <div className="grow">
        <b>{name}</b>{" "}
        <span className="mono faint" translate="no">
          ····{lastFour}
        </span>
        <p className="xs faint">
          {usesOf(scopes)
            .map((use) => t(useWords[use]))
            .join(", ")}
          {" · "}
          <Trans>
            by {createdBy}, {format.day(format.dayOf(createdAt))}
          </Trans>
        </p>
        <p className="xs faint">
          {lastUsedAt ? (
            <>
              <Trans>last used</Trans> <Ago at={lastUsedAt} />
            </>
          ) : (
            <Trans>not used yet</Trans>
          )}
          {" · "}
          <Trans>ends {format.whenWithin(expiresAt)}</Trans>
        </p>
      </div>
      <Decide row={row} what={name}>
        {decidedAs(row) === "REVOKE" && <AtTokens />}
      </Decide>
    </li>
  );
}

/** Proves a credential: which account it shows and what it may read. Only then does a candidate take the old one's place. */
import { isNative } from "@headwater/connectors/authorization.ts";
import type { AccountFacts, Verified } from "@headwater/connectors/contract.ts";
import { type Failure, isSourceFailure, SourceFailure } from "@headwater/connectors/failure.ts";
import type { AccountId, GrantId } from "@headwater/db";
import type { TransactionSql } from "postgres";
import type { DatasourceRef, LoadDeps, UnfitCandidate, VerifyOutcome, WorkOptions } from "../load/contract.ts";
import { sourceOutcome, summary } from "../load/failures.ts";
import { inOrganisation } from "../load/fence.ts";
import { readAgainWhereDaysDiffer } from "../load/look-at-account.ts";
import type { FencedBy } from "../load/outcome.ts";
import { endLogin, formerLoginOf, type LaidAside } from "./laid-aside.ts";
import { grantsOpened, standTogether } from "./one-login.ts";
import { type OpenSource, openSource } from "./session.ts";
import { readStanding, type Standing } from "./standing.ts";
import { unfitCandidate } from "./unfit.ts";
import { verifyNative } from "./verify-native.ts";

export async function verifyGrant(deps: LoadDeps, ref: DatasourceRef, options: WorkOptions): Promise<VerifyOutcome> {
  const standing = await readStanding(deps.sql, ref);
  const forbids = forbidden(standing, ref);
  if (standing === undefined || forbids !== null) {
    return { kind: "fenced", by: forbids ?? "missing", intentVersion: standing?.intent_version ?? 0 };
  }
  const { intent_version: intentVersion } = standing;
  const connector = deps.connectorOf(standing.platform);
  if (connector !== null && isNative(connector))
    return verifyNative(deps, ref, { intentVersion, historyDays: connector.catalog.historyDays });
  const isCandidate = hasCandidate(standing);
  let source: OpenSource | null = null;
  try {
    source = openSource(deps, ref, standing, { signal: options.signal, candidate: isCandidate });
    const expected = expectedOf(standing);
    if (source.connector.account.reaches === "many" && expected === null) {
      return { kind: "chooseAccount", intentVersion };
    }
    const verified = await source.connector.account.verify(source.session, expected);
    if (expected !== null && verified.account.externalId !== expected) {
      return {
        kind: "otherAccount",
        saw: shown(verified.account),
        ...(isCandidate ? { unfit: await unfitCandidate(deps, ref, standing, { isDead: false }) } : {}),
        intentVersion,
      };
    }
    const lacks = missingScopes(source, verified);
    if (lacks !== null) throw new SourceFailure(lacks);
    const former = isCandidate ? await formerLoginOf(deps, ref, standing) : null;
    const beside = isCandidate ? await openedBeside(deps, ref, standing, source) : [];
    const kept = await keep(deps, ref, { standing, source, verified, isCandidate, former, beside });
    if (kept === "overtaken") return { kind: "fenced", by: "generation", intentVersion };
    const ended = former !== null && kept === "promoted" ? await endLogin(deps, ref, former, options) : null;
    return {
      kind: "verified",
      ...(ended === null ? {} : { formerLogin: ended.kind }),
      account: verified.account,
      scopes: [...verified.scopes],
      notices: [...verified.notices],
      recordsPerDay: { ...verified.recordsPerDay },
      historyFrom: verified.historyFrom,
      notGranted: notGranted(source, verified),
      intentVersion,
    };
  } catch (error) {
    return await refusal(deps, ref, standing, error);
  } finally {
    await source?.calls.writeLeft(deps.sql, ref);
  }
}

/** A new credential waits to be proven, and is what is tried. */
const hasCandidate = ({ grant }: Standing): boolean => grant?.candidate_credential_id != null;

/** A hold or a dead credential does not forbid a look: it is what the look is for. */
function forbidden(standing: Standing | undefined, ref: DatasourceRef): FencedBy | null {
  if (standing === undefined) return "missing";
  if (standing.is_disconnected) return "disconnected";
  return standing.generation === ref.generation ? null : "generation";
}

async function refusal(deps: LoadDeps, ref: DatasourceRef, standing: Standing, error: unknown): Promise<VerifyOutcome> {
  const { intent_version: intentVersion } = standing;
  if (!isSourceFailure(error)) throw error;
  const { failure } = error;
  const outcome = sourceOutcome(failure, { pages: 0, rows: 0, intentVersion });
  if (outcome.kind === "throttled")
    return { kind: "throttled", until: outcome.until, because: outcome.because, intentVersion };
  if (outcome.kind === "providerDown") {
    return { kind: "providerDown", said: outcome.said, retryAt: outcome.retryAt, intentVersion };
  }
  const failed: VerifyOutcome = { kind: "failed", failure: summary(failure), intentVersion };
  const isOver = failure.class === "reauthorize" || (failure.class === "permission" && failure.curedBy === "grant");
  const judged = hasCandidate(standing) && isOver ? await judgeBeside(deps, ref, standing, failure) : null;
  if (judged === null) return failed;
  const { unfit, saw } = judged;
  return saw === null ? { ...failed, unfit } : { kind: "otherAccount", saw, unfit, intentVersion };
}

interface Judged {
  readonly unfit: UnfitCandidate;
  /** Which accounts another login came with. */
  readonly saw: string | null;
}

/**
 * One login, several accounts: what refuses this one may well open another, and then it is no credential to throw away. It takes
 * the old one's place as soon as one account on the grant proves it, whichever is looked at first. Null where one does.
 */
async function judgeBeside(
  deps: LoadDeps,
  ref: DatasourceRef,
  standing: Standing,
  failure: Failure,
): Promise<Judged | null> {
  if (failure.class !== "permission")
    return { unfit: await unfitCandidate(deps, ref, standing, { isDead: true }), saw: null };
  const signal = AbortSignal.timeout(BESIDE_MS);
  const source = openSource(deps, ref, standing, { signal, candidate: true });
  let saw: string | null = null;
  if (source.connector.account.reaches === "many")
    try {
      if (await opensAnother({ deps, ref, standing, source, signal })) return null;
      saw = await seenInstead(source, standing);
    } finally {
      await source.calls.writeLeft(deps.sql, ref);
    }
  return { unfit: await unfitCandidate(deps, ref, standing, { isDead: false }), saw };
}

/** Whoever has lost a role signs in as before; another login that does not list the account at all is simply not the right one. */
async function seenInstead({ connector, session }: OpenSource, standing: Standing): Promise<string | null> {
  const { grant } = standing;
  const login = grant?.holder?.candidate?.loginKey;
  if (login === undefined || login === grant?.login_key) return null;
  try {
    const accounts = await connector.account.list(session);
    const expected = expectedOf(standing);
    if (accounts.length === 0 || accounts.some(({ externalId }) => externalId === expected)) return null;
    const more = accounts.length - SHOWN_MOST;
    return `${accounts.slice(0, SHOWN_MOST).map(shown).join(", ")}${more > 0 ? ` (+${more})` : ""}`;
  } catch (error) {
    if (!isSourceFailure(error)) throw error;
    return null;
  }
}

const SHOWN_MOST = 3;
const expectedOf = ({ account, chosen }: Standing): string | null => account?.external_id ?? chosen;

interface Beside {
  readonly deps: LoadDeps;
  readonly ref: DatasourceRef;
  readonly standing: Standing;
  readonly source: OpenSource;
  readonly signal: AbortSignal;
}

/** True where it has taken the old one's place. */
async function opensAnother({ deps, ref, standing, source, signal }: Beside): Promise<boolean> {
  for (const other of await accountsBeside(deps, ref, standing)) {
    try {
      const verified = await source.connector.account.verify(source.session, other);
      if (missingScopes(source, verified) !== null) continue;
      const former = await formerLoginOf(deps, ref, standing);
      const isLaidAside = await source.calls.writeWith(deps.sql, ref, async (tx) => {
        await noteProof(tx, ref, standing, verified);
        const isPromoted = await promote(tx, ref, standing, former);
        return isPromoted && former !== null;
      });
      if (former !== null && isLaidAside) await endLogin(deps, ref, former, { signal, heartbeat: () => undefined });
      return true;
    } catch (error) {
      if (!isSourceFailure(error)) throw error;
      deps.log.info("the credential does not open another account either", { code: error.failure.code });
    }
  }
  return false;
}

const BESIDE_MS = 30_000;
const BESIDE_MOST = 10;

async function accountsBeside(deps: LoadDeps, ref: DatasourceRef, { grant_id: grantId }: Standing): Promise<string[]> {
  const rows = await inOrganisation(deps.sql, ref, (tx) =>
    tx.unsafe<{ external_id: string }[]>(
      `select coalesce(a.external_id, c.external_id) as external_id from datasources as d
       left join accounts as a on a.organisation_id = d.organisation_id and a.id = d.account_id
       left join account_candidates as c on c.organisation_id = d.organisation_id and c.datasource_id = d.id and c.state = 'chosen'
       where d.organisation_id = $1 and d.grant_id = $2 and d.id <> $3 and d.disconnected_at is null
         and coalesce(a.external_id, c.external_id) is not null
       order by d.auth = 'ok' desc, d.id limit $4`,
      [ref.organisationId, grantId, ref.datasourceId, BESIDE_MOST],
    ),
  );
  return rows.map((row) => row.external_id);
}

const shown = ({ name, domain, externalId }: AccountFacts): string =>
  (domain ?? (name === "" ? externalId : name)).slice(0, 120);

function missingScopes({ connector }: OpenSource, { scopes }: Verified): Failure | null {
  const granted = new Set(scopes);
  const lacking = connector.catalog.scopes.filter(({ scope, required }) => required && !granted.has(scope));
  if (lacking.length === 0) return null;
  const lacks = lacking.map(({ scope }) => scope).join(" ");
  return { class: "permission", lacks, curedBy: "grant", code: "scope.missing", said: "" };
}

function notGranted({ connector }: OpenSource, { scopes }: Verified): string[] {
  const granted = new Set(scopes);
  return connector.streams.filter(({ needs }) => needs.some((scope) => !granted.has(scope))).map(({ name }) => name);
}

interface Proven {
  readonly standing: Standing;
  readonly source: OpenSource;
  readonly verified: Verified;
  readonly isCandidate: boolean;
  readonly former: LaidAside | null;
  /** Grants of the same login that the new credential stands for as well. */
  readonly beside: readonly GrantId[];
}

/** Of a login that reaches one account there is nothing beside it but the same account again. */
const openedBeside = async (deps: LoadDeps, ref: DatasourceRef, standing: Standing, source: OpenSource) =>
  source.connector.account.reaches === "one"
    ? []
    : grantsOpened(deps, ref, standing, async (account) => {
        try {
          const verified = await source.connector.account.verify(source.session, account);
          return verified.account.externalId === account && missingScopes(source, verified) === null;
        } catch (error) {
          if (!isSourceFailure(error)) throw error;
          return false;
        }
      });

/** Promoted: a new credential stands now in the place of the one before. */
async function keep(
  deps: LoadDeps,
  ref: DatasourceRef,
  { standing, source, verified, isCandidate, former, beside }: Proven,
): Promise<"kept" | "promoted" | "overtaken"> {
  return source.calls.writeWith(deps.sql, ref, async (tx) => {
    if (!(await lockDatasources(tx, ref, beside))) return "overtaken";
    const accountId = await keepAccount(tx, ref, standing.platform, verified.account);
    if (standing.account !== null) await readAgainWhereDaysDiffer(tx, ref, standing.account, verified.account);
    await tx.unsafe(
      `update datasources as d set account_id = $3, name = case when d.connected_at is null and $4 <> '' then $4 else d.name end
       where d.organisation_id = $1 and d.id = $2 and d.generation = $5`,
      [ref.organisationId, ref.datasourceId, accountId, verified.account.name, ref.generation],
    );
    await noteProof(tx, ref, standing, verified);
    const isPromoted = isCandidate && (await promote(tx, ref, standing, former));
    if (isPromoted) await standTogether(tx, ref, standing.grant_id, beside);
    return isPromoted ? "promoted" : "kept";
  });
}

/**
 * Its own and those that will stand with it, by their ids and before anything else: as everybody locks several of them. False where a disconnect
 * came meanwhile, undone or not: what the source said then is looked at anew, or not at all.
 */
async function lockDatasources(tx: TransactionSql, ref: DatasourceRef, beside: readonly GrantId[]): Promise<boolean> {
  const locked = await tx.unsafe<{ id: string; generation: number }[]>(
    `select id, generation from datasources where organisation_id = $1 and (id = $2 or grant_id = any($3::uuid[])) order by id for no key update`,
    [ref.organisationId, ref.datasourceId, [...beside]],
  );
  return locked.some(({ id, generation }) => id === ref.datasourceId && generation === ref.generation);
}

/** Whoever else stands on the grant sees by the time that it was proven anew, and looks for itself. */
async function noteProof(
  tx: TransactionSql,
  ref: DatasourceRef,
  { grant_id: grantId }: Standing,
  { scopes }: Verified,
): Promise<void> {
  await tx.unsafe(`update grants set scopes = $3, verified_at = now() where organisation_id = $1 and id = $2`, [
    ref.organisationId,
    grantId,
    [...scopes],
  ]);
}

/** Connecting a kept account again finds its row, and with it every record it had, and what its pages say. */
async function keepAccount(
  tx: TransactionSql,
  ref: DatasourceRef,
  platform: string,
  account: AccountFacts,
): Promise<AccountId> {
  const [row] = await tx.unsafe<[{ id: AccountId }]>(
    `insert into accounts as a (organisation_id, platform, external_id, name, domain, currency, zone, details)
       values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)
     on conflict (organisation_id, platform, external_id) do update set name = excluded.name, domain = excluded.domain,
       currency = coalesce(excluded.currency, a.currency), zone = coalesce(excluded.zone, a.zone),
       details = a.details || excluded.details
     returning id`,
    [
      ref.organisationId,
      platform,
      account.externalId,
      account.name,
      account.domain,
      account.currency,
      account.zone,
      { ...account.details },
    ],
  );
  return row.id;
}

/**
 * The new pair stands, the old one becomes unreadable, and another person's is laid aside: all or nothing. One that a newer consent
 * has overtaken is not promoted.
 */
async function promote(
  tx: TransactionSql,
  ref: DatasourceRef,
  { grant_id: grantId, grant }: Standing,
  former: LaidAside | null,
): Promise<boolean> {
  const [current] = await tx.unsafe(
    `select 1 from grants where organisation_id = $1 and id = $2 and candidate_credential_id = $3 for update`,
    [ref.organisationId, grantId, grant?.candidate_credential_id ?? null],
  );
  if (current === undefined) return false;
  await former?.layAside(tx);
  await tx.unsafe(
    `update grants set credential_id = candidate_credential_id, candidate_credential_id = null, version = version + 1, ended_at = null,
       access_expires_at = coalesce((holder->'candidate'->>'accessExpiresAt')::timestamptz, case when holder ? 'candidate' then null else access_expires_at end),
       ends_at = coalesce((holder->'candidate'->>'endsAt')::timestamptz, case when holder ? 'candidate' then null else ends_at end),
       login_key = coalesce(holder->'candidate'->>'loginKey', login_key), refreshed_at = now(), lease_owner = null, lease_until = null, webhooks = null,
       holder = (holder - 'candidate') || case when holder->'candidate' ? 'name'
         then jsonb_build_object('name', holder->'candidate'->'name', 'login', holder->'candidate'->'login') else '{}' end
     where organisation_id = $1 and id = $2`,
    [ref.organisationId, grantId],
  );
  await tx.unsafe(
    `update credentials as c set version = g.version, last_used_at = now() from grants as g
     where c.organisation_id = $1 and g.organisation_id = $1 and g.id = $2 and c.id = g.credential_id`,
    [ref.organisationId, grantId],
  );
  await tx.unsafe(
    `update credentials as c set sealed = null, wrapped_key = null, erased_at = now() from grants as g
     where c.organisation_id = $1 and g.organisation_id = $1 and g.id = $2 and c.grant_id = g.id and c.id <> g.credential_id and c.sealed is not null`,
    [ref.organisationId, grantId],
  );
  return true;
}

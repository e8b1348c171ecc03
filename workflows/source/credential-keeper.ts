/** The credential of one session: opened at use, renewed ahead of its end, renewed once more when the source refuses it. */
import type { Connector } from "@headwater/connectors/contract.ts";
import type { Credential, Login, Tokens } from "@headwater/connectors/authorization.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import type { Clock } from "@headwater/connectors/session.ts";
import { credentialId, type CredentialId } from "@headwater/db";
import { inOrganisation } from "../load/fence.ts";
import type { SourceDeps } from "./contract.ts";
import type { GrantRef } from "./grant-ref.ts";
import { openSealed } from "./open-sealed.ts";
import { noteFirstUse, readGrant, refreshOnce } from "./refresh.ts";
import type { SealedVersion, Standing } from "./standing.ts";

const MARGIN_MS = 5 * 60_000;

export interface KeeperOptions {
  deps: SourceDeps;
  connector: Connector;
  login: Login;
  grant: GrantRef;
  standing: Standing;
  clock: Clock;
  signal: AbortSignal;
  /** The credential that VERIFYING judges; it is never renewed. */
  candidate: boolean;
}

export class CredentialKeeper {
  readonly #options: KeeperOptions;
  #version: number;
  #expiresAt: number | null;
  #aheadMs: number;
  #sealed: SealedVersion | null;
  #isUsed: boolean;
  #plain: Credential | null = null;
  #renewal: Promise<void> | null = null;

  constructor(options: KeeperOptions) {
    this.#options = options;
    const { grant, credentials } = options.standing;
    const id = options.candidate ? grant?.candidate_credential_id : grant?.credential_id;
    this.#version = grant?.version ?? 0;
    this.#sealed = credentials.find((credential) => credential.id === id) ?? null;
    this.#isUsed = this.#sealed?.is_used ?? true;
    const expiresAt = options.candidate ? null : (grant?.access_expires_at ?? null);
    this.#expiresAt = expiresAt === null ? null : Date.parse(expiresAt);
    this.#aheadMs = aheadOf(options.standing);
  }

  /** Which one is put on requests now, by its id. */
  get credential(): string | null {
    return this.#sealed?.id ?? null;
  }

  get canRenew(): boolean {
    const { authorization } = this.#options.connector;
    return (
      !this.#options.candidate &&
      (authorization.kind === "oauth" || authorization.kind === "key") &&
      authorization.refresh !== undefined
    );
  }

  /** Fit to be put on a request now. */
  async current(): Promise<Credential> {
    if (
      this.canRenew &&
      this.#expiresAt !== null &&
      this.#expiresAt - this.#options.clock.now().getTime() < this.#aheadMs
    ) {
      await this.renew();
    }
    this.#plain ??= await this.#opened();
    return this.#plain;
  }

  /** One renewal at a time in this session; the lease row holds off everyone else. */
  async renew(): Promise<void> {
    this.#renewal ??= this.#renewNow().finally(() => {
      this.#renewal = null;
    });
    await this.#renewal;
  }

  /** A consent that came while this run was under way: what it brought takes the place of what was just refused. */
  async caughtUp(): Promise<boolean> {
    const { deps, grant, candidate } = this.#options;
    if (candidate) return false;
    const state = await readGrant(deps.sql, grant);
    // Its datasources stand on another grant by now, or on none: whoever begins again reads which.
    if (state === undefined) throw new Error("the grant has ended");
    if (state.credential_id === null || state.version <= this.#version) return false;
    this.#version = state.version;
    this.#expiresAt = state.access_expires_at === null ? null : state.access_expires_at.getTime();
    this.#sealed = await this.#read(state.credential_id);
    this.#isUsed = this.#sealed?.is_used ?? true;
    this.#plain = null;
    return this.#sealed !== null;
  }

  /** The source accepted it. Of a candidate that proves nothing yet: what works today must outlive a wrong one. */
  async worked(): Promise<void> {
    if (this.#isUsed || this.#sealed === null || this.#options.candidate) return;
    this.#isUsed = true;
    await noteFirstUse(this.#options.deps.sql, this.#options.grant, this.#sealed.id);
  }

  async #renewNow(): Promise<void> {
    const { deps, grant, signal } = this.#options;
    const turn = { grant, seen: this.#version };
    const state = await refreshOnce(deps, turn, (within) => this.#askForTokens(within), signal);
    this.#version = state.version;
    this.#expiresAt = state.access_expires_at === null ? null : state.access_expires_at.getTime();
    this.#aheadMs = Math.min(this.#aheadMs, MARGIN_MS);
    this.#sealed = state.credential_id === null ? null : await this.#read(state.credential_id);
    this.#isUsed = this.#sealed?.is_used ?? true;
    this.#plain = null;
    deps.log.info("credential renewed", { grant: grant.grantId, version: state.version });
  }

  /** The pair in the vault now: a worker before us may have renewed it since this session began. */
  async #askForTokens(signal: AbortSignal): Promise<Tokens> {
    const { deps, connector, login, clock } = this.#options;
    const { authorization } = connector;
    const given = { login, credential: await this.#opened(), now: clock.now(), signal };
    if (authorization.kind === "oauth" && authorization.refresh !== undefined) {
      const client = deps.appOf(connector.catalog.platform);
      if (client === null) throw new Error(`no client id and secret for ${connector.catalog.platform}`);
      return authorization.refresh(deps.outbound, { ...given, client });
    }
    if (authorization.kind === "key" && authorization.refresh !== undefined) {
      return authorization.refresh(deps.outbound, given);
    }
    throw new Error(`${connector.catalog.platform} has nothing to renew`);
  }

  async #opened(): Promise<Credential> {
    const { deps, grant } = this.#options;
    const sealed = this.#sealed;
    if (sealed === null) {
      throw new SourceFailure({ class: "reauthorize", why: "revoked", code: "credential.missing", said: "" });
    }
    const fields = await openSealed(deps, grant, sealed);
    return Object.fromEntries(Object.entries(fields).map(([name, secret]) => [name, secret.reveal()]));
  }

  async #read(id: CredentialId): Promise<SealedVersion | null> {
    const { deps, grant } = this.#options;
    const [row] = await inOrganisation(deps.sql, grant, (tx) =>
      tx.unsafe<[(Omit<SealedVersion, "id"> & { id: string })?]>(
        `select id, version, encode(sealed, 'base64') as sealed, encode(wrapped_key, 'base64') as wrapped_key, key_id,
           last_used_at is not null as is_used
         from credentials where organisation_id = $1 and id = $2 and sealed is not null`,
        [grant.organisationId, id],
        { prepare: true },
      ),
    );
    return row === undefined ? null : { ...row, id: credentialId(row.id) };
  }
}

/** A token that outlives many runs is renewed two runs ahead; one that does not even outlive one, five minutes ahead. */
function aheadOf({ grant, cadence_ms }: Standing): number {
  if (grant === null || grant.access_expires_at === null) return MARGIN_MS;
  const lifetimeMs = Date.parse(grant.access_expires_at) - Date.parse(grant.refreshed_at ?? grant.created_at);
  const cadenceMs = Number(cadence_ms);
  return lifetimeMs > 4 * cadenceMs ? 2 * cadenceMs : Math.min(MARGIN_MS, Math.max(0, lifetimeMs / 4));
}

/** A new credential that was judged and is of no use: it leaves with its verdict, and its login is ended at the source. */
import type { DatasourceRef, LoadDeps, UnfitCandidate } from "../load/contract.ts";
import { endLogin, unusedLoginOf } from "./laid-aside.ts";
import type { Standing } from "./standing.ts";

/** `isDead`: the source does not know the login any more, so there is nothing to end. */
export async function unfitCandidate(
  deps: LoadDeps,
  ref: DatasourceRef,
  standing: Standing,
  { isDead }: { readonly isDead: boolean },
): Promise<UnfitCandidate> {
  const login = isDead ? null : await unusedLoginOf(deps, ref, standing);
  const { grant_id: grantId, grant } = standing;
  return {
    async drop(tx) {
      const [judged] = await tx.unsafe(
        `select 1 from grants where organisation_id = $1 and id = $2 and candidate_credential_id = $3 for update`,
        [ref.organisationId, grantId, grant?.candidate_credential_id ?? null],
      );
      if (judged !== undefined) {
        await login?.layAside(tx);
        await tx.unsafe(
          `update grants set candidate_credential_id = null, holder = holder - 'candidate' where organisation_id = $1 and id = $2`,
          [ref.organisationId, grantId],
        );
      }
      // All that were overtaken before anybody judged them; what stands, what waits, and the pair before it stay.
      await tx.unsafe(
        `update credentials as c set sealed = null, wrapped_key = null, erased_at = now()
         from grants as g left join credentials as current on current.organisation_id = $1 and current.id = g.credential_id
         where c.organisation_id = $1 and g.organisation_id = $1 and g.id = $2 and c.grant_id = g.id and c.sealed is not null
           and c.id is distinct from g.credential_id and c.id is distinct from g.candidate_credential_id
           and c.version >= coalesce(current.version, 0)`,
        [ref.organisationId, grantId],
      );
      return judged !== undefined;
    },
    endLogin: login === null ? null : (options) => endLogin(deps, ref, login, options),
  };
}

import { Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import type { Access } from "./detail.documents.ts";

/** Every call that was made with it: their sums here, all of them in a file. */
export function Calls({ access }: { access: Access }) {
  const { t } = useLingui();
  const { organisation } = usePlace();
  const { calls, callsUrl } = access;
  return (
    <section className="card" aria-labelledby="calls">
      <header>
        <h2 id="calls">
          <Trans>Calls made with it, last 7 days</Trans>
        </h2>
        <span className="grow" />
        <a className="btn s" href={to.file(organisation.slug, callsUrl)} download>
          <Trans>All calls as CSV</Trans>
        </a>
      </header>
      {calls.length === 0 ? (
        <p className="none sm dim">
          <Trans>No call yet.</Trans>
        </p>
      ) : (
        <div className="tw" tabIndex={0} role="group" aria-label={t`Calls`}>
          <table className="d">
            <thead>
              <tr>
                <th scope="col">
                  <Trans>Call</Trans>
                </th>
                <th scope="col" className="r">
                  <Trans comment="number of calls">Calls</Trans>
                </th>
                <th scope="col" className="r hide-s">
                  <Trans comment="number of failed calls">Failed</Trans>
                </th>
                <th scope="col" className="r hide-s">
                  <Trans comment="number of calls the source slowed down">Slowed</Trans>
                </th>
                <th scope="col" className="r hide-s">
                  <Trans comment="bytes received">Received</Trans>
                </th>
              </tr>
            </thead>
            <tbody>
              {calls.map((call) => (
                <CallRow key={`${call.method} ${call.path}`} call={call} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** In words first; the name that the ledger has for it leads from here to its lines there. */
function CallRow({ call }: { call: Access["calls"][number] }) {
  const format = useFormat();
  return (
    <tr>
      <td>
        {call.purpose}
        <span className="breaks xs faint block">
          <Trans comment="beside what a call is for: the name under which it stands in the file that can be taken away">
            in the file:{" "}
            <span className="mono" translate="no">
              {call.method} {call.path}
            </span>
          </Trans>
        </span>
      </td>
      <td className="r num">{format.count(call.calls)}</td>
      <td className={`r num hide-s ${call.failures === "0" ? "" : "warn"}`}>{format.count(call.failures)}</td>
      <td className="r num hide-s">{format.count(call.throttled)}</td>
      <td className="r num nowrap hide-s">{format.bytes(call.bytes)}</td>
    </tr>
  );
}

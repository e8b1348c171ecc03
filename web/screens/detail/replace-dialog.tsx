import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useQuery } from "urql";
import { useLocation } from "wouter";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useRefresh } from "../../live/use-refresh.ts";
import { Dialog, DialogFoot, DialogHead } from "../../parts/dialog.tsx";
import { Select } from "../../parts/select.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { CatalogQuery } from "../datasources/datasources.documents.ts";
import { LastReadingQuery } from "./replaced.documents.ts";

/** With what: another account of the same platform, or another platform. The rest is the connect flow. */
export function ReplaceDialog({ datasource, onClose }: { datasource: LiveDatasource; onClose: () => void }) {
  const { t } = useLingui();
  const [, navigate] = useLocation();
  const { organisation } = usePlace();
  const format = useFormat();
  const { zone } = format;
  const { id, name, platform } = datasource;
  const [{ data }] = useQuery({ query: CatalogQuery });
  const [chosen, setChosen] = useState(platform.name);
  const others = (data?.catalog ?? []).filter(
    (each) => each.availability === "AVAILABLE" && each.takesSlot && each.name !== platform.name,
  );
  // What stands beside it does the same work; another category would leave its numbers without a source.
  const sorted = others.toSorted(
    (a, b) => Number(b.category === platform.category) - Number(a.category === platform.category),
  );
  return (
    <Dialog className="dlg narrow" labelledBy="replace-title" onClose={onClose}>
      <DialogHead id="replace-title" onClose={onClose}>
        <Trans>Replace {name}?</Trans>
      </DialogHead>
      <form
        className="b"
        id="replace-form"
        onSubmit={(event) => {
          event.preventDefault();
          navigate(to.replace(organisation.slug, chosen, id));
        }}
      >
        <ul className="bullets sm">
          <li>
            <Trans>
              {name} goes on until the new one’s access is proven, and is disconnected then: there is no Undo. If nobody
              finishes, nothing changes.
            </Trans>
          </li>
          <LastHours datasource={datasource} />
          <li>
            <Trans>The new one uses the same slot.</Trans>
          </li>
          <li>
            <Trans>
              The new one counts from the day of the switch on, by the brand’s clock ({zone}): today that is{" "}
              {format.day(format.today())}. Days before it go on counting from {name}; its data stays.
            </Trans>
          </li>
        </ul>
        <Select
          label={t`Replace it with`}
          value={chosen}
          options={[
            { value: platform.name, label: t`Another account at ${platform.title}` },
            ...sorted.map(({ name: value, title }) => ({ value, label: title })),
          ]}
          onChange={setChosen}
        />
      </form>
      <DialogFoot>
        <button type="button" className="btn ghost" onClick={onClose}>
          <Trans>Keep {name}</Trans>
        </button>
        <button type="submit" form="replace-form" className="btn pri" data-first>
          <Trans comment="goes on to connect what takes its place">Go on</Trans>
        </button>
      </DialogFoot>
    </Dialog>
  );
}

/** Whether what its source has recorded since it was last read will be in the numbers: told before anybody agrees. */
function LastHours({ datasource }: { datasource: LiveDatasource }) {
  const format = useFormat();
  const { id, name, completeThrough, connection, dataSync } = datasource;
  const [{ data }, refresh] = useQuery({
    query: LastReadingQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  useRefresh(`${connection?.status} ${dataSync?.status}`, () => refresh({ requestPolicy: "network-only" }));
  if (!data?.datasource) return null;
  if (data.datasource.readsToSwitch)
    return (
      <li>
        <Trans>
          Then {name} is read once more, up to that moment, before it is disconnected. If its source does not answer
          within 10 minutes, it ends as far as it was read.
        </Trans>
      </li>
    );
  const remedy = connection?.isDead ? (
    <Trans>To have it, reauthorize {name} first.</Trans>
  ) : dataSync?.status === "INACTIVE" ? (
    <Trans>To have it, resume {name} first.</Trans>
  ) : (
    <Trans>To have it, wait until the newest days are in.</Trans>
  );
  return (
    <li>
      <b>
        <Trans>{name} will not be read once more.</Trans>
      </b>{" "}
      {completeThrough ? (
        <Trans>
          It was read to {format.throughWithin(completeThrough)}: what its source has recorded since, and records until
          the switch, is not read and is in no number.
        </Trans>
      ) : (
        <Trans>Its newest days are not all in, and stay as they are.</Trans>
      )}{" "}
      {remedy}
    </li>
  );
}

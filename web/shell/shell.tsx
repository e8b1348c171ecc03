import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { Link, useLocation } from "wouter";
import { Announcer } from "../parts/announcer.tsx";
import { withLateWords } from "../language.tsx";
import { Icon, Mark } from "../parts/icon.tsx";
import { lateDialog, latePart } from "../parts/late.tsx";
import { Menu, MenuItem } from "../parts/menu.tsx";
import { to } from "../routes.ts";
import { isRemovalNoted } from "../screens/sample/removed.ts";
import { Problems } from "../screens/commands/problems.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { Bell } from "./bell.tsx";
import { DataPanel } from "./data-panel.tsx";
import { type Entry, useEntries } from "./entries.ts";
import { EndBar, HealthBar, LinkBar } from "./link-bar.tsx";
import { usePlace } from "./organisation.tsx";
import { useProgressAnnouncements } from "./progress-announcements.ts";
import { type Search, SearchBar, SearchDialog, SearchTab, useSearch } from "./search.tsx";
import { useShortcuts } from "./shortcuts.ts";

const HelpDialog = lateDialog(
  withLateWords(() => import("./help-dialog.tsx"), "shell"),
  (part) => part.HelpDialog,
);

const sampleBar = withLateWords(() => import("../screens/sample/sample-bar.tsx"));
const SampleBar = latePart(sampleBar, (part) => part.SampleBar, <div className="inkbar waits" />);
const SampleRemoved = latePart(sampleBar, (part) => part.SampleRemoved, <div className="inkbar waits" />);

export interface Crumb {
  label: string;
  href?: string;
}

interface ShellProps {
  crumbs: readonly Crumb[];
  /** On a phone: where the back link leads, in place of the organisation. */
  back?: Crumb;
  children: ReactNode;
}

export function Shell({ crumbs, back, children }: ShellProps) {
  const [helpOpen, setHelpOpen] = useState(false);
  const { organisation } = usePlace();
  const [wasSample] = useState(isRemovalNoted);
  const [, navigate] = useLocation();
  const search = useSearch();
  useProgressAnnouncements();
  useShortcuts({
    "Shift+Slash": () => setHelpOpen(true),
    "KeyG KeyO": () => navigate(to.overview(organisation.slug)),
    "KeyG KeyS": () => navigate(to.datasources(organisation.slug)),
  });
  return (
    <>
      <a className="skip" href="#main">
        <Trans>Skip to content</Trans>
      </a>
      <div className="app">
        <Sidebar onHelp={() => setHelpOpen(true)} />
        <div className="page">
          <header className="top">
            {back ? <BackLink back={back} /> : <PhoneName />}
            <Breadcrumb crumbs={crumbs} />
            <SearchBar search={search} />
            <DataPanel />
            <Bell />
            <AccountMenu onHelp={() => setHelpOpen(true)} />
          </header>
          <LinkBar />
          <HealthBar />
          <EndBar />
          {organisation.isSample ? <SampleBar /> : wasSample && <SampleRemoved />}
          <main className="main" id="main" tabIndex={-1}>
            {children}
          </main>
        </div>
      </div>
      <TabBar search={search} />
      <Problems />
      <Announcer />
      <SearchDialog search={search} onHelp={() => setHelpOpen(true)} />
      {helpOpen && <HelpDialog onClose={() => setHelpOpen(false)} />}
    </>
  );
}

function Breadcrumb({ crumbs }: { crumbs: readonly Crumb[] }) {
  const { t } = useLingui();
  return (
    <nav className="crumb" aria-label={t`Breadcrumb`}>
      {crumbs.map(({ label, href }, n) => (
        <span key={label} className="row">
          {n > 0 && <Icon name="right" />}
          {href ? (
            <Link href={href}>{label}</Link>
          ) : n === crumbs.length - 1 ? (
            <b aria-current="page">{label}</b>
          ) : (
            <span>{label}</span>
          )}
        </span>
      ))}
    </nav>
  );
}

function BackLink({ back }: { back: Crumb }) {
  return (
    <Link className="pb" href={back.href ?? "/"}>
      <Icon name="left" />
      <span className="cut">{back.label}</span>
    </Link>
  );
}

function PhoneName() {
  const { organisation } = usePlace();
  return (
    <span className="pm">
      <Mark />
      <span className="cut">{organisation.name}</span>
    </span>
  );
}

function Sidebar({ onHelp }: { onHelp: () => void }) {
  const { t } = useLingui();
  const { home, datasources, review, plan, tokens } = useEntries();
  return (
    <nav className="side" aria-label={t`Main`}>
      <OrganisationSwitch />
      <SideLink entry={home} />
      <h3>
        <Trans>Integrations</Trans>
      </h3>
      <SideLink entry={datasources} />
      {review && <SideLink entry={review} />}
      {plan && (
        <>
          <h3>
            <Trans>Organisation</Trans>
          </h3>
          <SideLink entry={plan} />
        </>
      )}
      {tokens && (
        <>
          <h3>
            <Trans>Developers</Trans>
          </h3>
          <SideLink entry={tokens} />
        </>
      )}
      <div className="foot">
        <button type="button" onClick={onHelp}>
          <Icon name="help" />
          <span>
            <Trans>Help and shortcuts</Trans>
          </span>
          <kbd>?</kbd>
        </button>
      </div>
    </nav>
  );
}

function SideLink({ entry }: { entry: Entry }) {
  const { t } = useLingui();
  const [path] = useLocation();
  const isHere = path.startsWith(entry.href);
  return (
    <Link href={entry.href} title={entry.label} aria-current={isHere ? "page" : undefined}>
      <Icon name={entry.icon} />
      <span className="lbl">{entry.label}</span>
      {entry.count ? (
        <span
          className="cnt hot"
          role="img"
          aria-label={t`${plural(entry.count, { one: "# needs someone", other: "# need someone" })}`}
        >
          {entry.count}
        </span>
      ) : null}
    </Link>
  );
}

function OrganisationSwitch() {
  const { t } = useLingui();
  const { organisation, me } = usePlace();
  const others = me.memberships.filter((membership) => membership.organisation.slug !== organisation.slug);
  const name = (
    <>
      <Mark />
      <span className="cut">{organisation.name}</span>
    </>
  );
  if (others.length === 0) return <div className="org">{name}</div>;
  return (
    <Menu
      label={t`Organisations`}
      // Between a phone and a wide screen its mark alone is shown.
      button={{ className: "org", "aria-label": organisation.name }}
      trigger={
        <>
          {name}
          <Icon name="expand" />
        </>
      }
    >
      {others.map(({ organisation: other }) => (
        <MenuItem key={other.id} onSelect={() => location.assign(to.overview(other.slug))}>
          {other.name}
        </MenuItem>
      ))}
    </Menu>
  );
}

function TabBar({ search }: { search: Search }) {
  const { t } = useLingui();
  const { home, datasources, review, plan, tokens } = useEntries();
  const [path, navigate] = useLocation();
  const entries: Entry[] = [{ ...home, label: t({ message: "Overview", comment: "tab bar on phones" }) }, datasources];
  const more = [review, plan, tokens].filter((entry) => entry !== null);
  return (
    <nav className="tabbar" aria-label={t`Main`}>
      {entries.map(({ href, label, icon, count }) => (
        <Link key={href} href={href} aria-current={path.startsWith(href) ? "page" : undefined}>
          <span className="tbi">
            <Icon name={icon} />
            {count ? <span className="n" /> : null}
          </span>
          {label}
        </Link>
      ))}
      <SearchTab search={search} />
      {more.length > 0 && (
        <Menu
          label={t`More`}
          button={{
            className: "tab",
            "aria-current": more.some(({ href }) => path.startsWith(href)) ? "page" : undefined,
          }}
          trigger={
            <>
              <span className="tbi">
                <Icon name="more" bold />
              </span>
              <Trans>More</Trans>
            </>
          }
        >
          {more.map(({ href, label, icon }) => (
            <MenuItem key={href} icon={icon} onSelect={() => navigate(href)}>
              {label}
            </MenuItem>
          ))}
        </Menu>
      )}
    </nav>
  );
}

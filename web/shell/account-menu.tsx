import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useLocation } from "wouter";
import { chooseLanguage, withLateWords } from "../language.tsx";
import { tellProblem } from "../screens/commands/problems.tsx";
import { signOut } from "./sign-out.ts";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuRule } from "../parts/menu.tsx";
import { initials } from "../parts/glyph.tsx";
import { type Motion, setPreferences, type Theme, usePreferences } from "../preferences.ts";
import { languageNames } from "./language-names.ts";
import { lateDialog } from "../parts/late.tsx";
import { to } from "../routes.ts";
import { usePlace } from "./organisation.tsx";

const ChangePassword = lateDialog(
  withLateWords(() => import("../screens/entry/change-password.tsx"), "entry"),
  (part) => part.ChangePassword,
);

export function AccountMenu({ onHelp }: { onHelp: () => void }) {
  const { t } = useLingui();
  const { me } = usePlace();
  const [, navigate] = useLocation();
  const [isChanging, setChanging] = useState(false);
  const { language, theme, motion } = usePreferences();
  const asSystem = t({ message: "As the system", comment: "theme, or whether marks move" });
  const themes: { value: Theme; label: string }[] = [
    { value: "system", label: asSystem },
    { value: "light", label: t({ message: "Light", comment: "theme" }) },
    { value: "dark", label: t({ message: "Dark", comment: "theme" }) },
  ];
  const motions: { value: Motion; label: string }[] = [
    { value: "system", label: asSystem },
    { value: "none", label: t({ message: "Stand still", comment: "of marks that move" }) },
  ];
  return (
    <>
      <Menu
        label={t`Account`}
        button={{ className: "meb", "aria-label": t`Account: ${me.name}` }}
        trigger={<span className="me" data-initials={initials(me.name).toUpperCase()} />}
      >
        <MenuLabel>
          <b className="cut">{me.name}</b>
          <span className="cut">{me.email}</span>
        </MenuLabel>
        <MenuRule />
        <MenuChoice
          label={t`Language`}
          value={language}
          options={languageNames}
          onChange={(value) => void chooseLanguage(value).catch(() => tellProblem({ code: "UNREACHABLE" }))}
        />
        <MenuRule />
        <MenuChoice
          label={t`Theme`}
          value={theme}
          options={themes}
          onChange={(value) => setPreferences({ theme: value })}
        />
        <MenuRule />
        <MenuChoice
          label={t`Marks that move`}
          value={motion}
          options={motions}
          onChange={(value) => setPreferences({ motion: value })}
        />
        <MenuRule />
        <MenuItem icon="help" onSelect={onHelp}>
          <Trans>Help and shortcuts</Trans>
        </MenuItem>
        <MenuItem icon="bell" onSelect={() => navigate(to.mails())}>
          <Trans>Mails to you</Trans>
        </MenuItem>
        <MenuItem icon="key" onSelect={() => setChanging(true)}>
          <Trans>Change your password</Trans>
        </MenuItem>
        <MenuItem icon="leave" onSelect={() => void signOut()}>
          <Trans>Sign out</Trans>
        </MenuItem>
      </Menu>
      {isChanging && <ChangePassword onClose={() => setChanging(false)} />}
    </>
  );
}

/** What counts toward the plan and what does not, and which first steps are done. */
import { dismissOnboarding } from "../organisations/onboarding.ts";
import { readOnboarding } from "../reading/onboarding.ts";
import type { OnboardingView, Step } from "../reading/onboarding.ts";
import { platformEntry } from "../reading/catalog.ts";
import { readDatasources } from "../reading/datasources.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { readSlots } from "../reading/organisation.ts";
import type { OrganisationRow } from "../reading/organisation.ts";
import { builder, costing, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { commandField } from "./mutation-field.ts";
import { Organisation, organisationNow, Slots, slotsOf } from "./organisation.ts";
import type { SlotsView } from "./organisation.ts";
import { SpotCheck } from "./spot-checks.ts";
import { NotAllowed } from "../words/problems.ts";

interface UsedSlotView {
  readonly view: DatasourceView;
  readonly since: Date;
}
interface UsageView {
  readonly slots: SlotsView;
  readonly apps: readonly UsedSlotView[];
  readonly native: readonly DatasourceView[];
}

const UsedSlot = builder.objectRef<UsedSlotView>("UsedSlot").implement({
  description: "A connected app that holds a slot.",
  ...rule("readOrganisation"),
  fields: (t) => ({
    datasource: t.field({ type: Datasource, description: "Which.", resolve: ({ view }) => view }),
    since: t.expose("since", { type: "DateTime", description: "Since when it holds the slot." }),
    lastUsedAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it last brought something; null for one that never did.",
      resolve: ({ view }) => view.row.lastSuccessAt,
    }),
  }),
});

const Usage = builder.objectRef<UsageView>("Usage").implement({
  description: "What counts toward the plan and what does not.",
  ...rule("readOrganisation"),
  fields: (t) => ({
    slots: t.expose("slots", { type: Slots, description: "The meter." }),
    apps: t.field({
      type: [UsedSlot],
      ...costing("readOrganisation", 10),
      description: "What counts: one slot each, longest held first.",
      resolve: ({ apps }) => [...apps],
    }),
    native: t.field({
      type: [Datasource],
      ...costing("readOrganisation", 3),
      description: "What does not count: sources of Headwater's own.",
      resolve: ({ native }) => [...native],
    }),
    aiCredits: t.int({ description: "Credits used: connecting and syncing use none, ever.", resolve: () => 0 }),
  }),
});

async function usageOf(row: OrganisationRow, ctx: Context): Promise<UsageView> {
  const [slots, held, views] = await Promise.all([
    slotsOf(row, ctx),
    readSlots(ctx.db, row.id),
    readDatasources(ctx.db, ctx.now),
  ]);
  const byId = new Map(views.map((view) => [view.row.id, view]));
  return {
    slots,
    apps: held.flatMap(({ datasourceId, since }) => {
      const view = byId.get(datasourceId);
      return view === undefined ? [] : [{ view, since }];
    }),
    native: views.filter(
      ({ row: source, status }) =>
        status.standing !== "disconnected" && platformEntry(source.platform)?.takesSlot === false,
    ),
  };
}

const OnboardingStepName = builder.enumType("OnboardingStepName", {
  description: "From nothing to numbers that can be believed.",
  values: ["CONNECT", "FIRST_NUMBERS", "CHECK_ONE"] as const,
});
const OnboardingCheckName = builder.enumType("OnboardingCheckName", {
  description: "What shows that it works: the DATA panel, yesterday's tiles, a number that the source's own bears out.",
  values: ["DATA_PANEL", "YESTERDAY", "SPOT_CHECK"] as const,
});
const OnboardingState = builder.enumType("OnboardingState", {
  description: "Done, the one to do now, or still to come.",
  values: ["DONE", "NOW", "LATER"] as const,
});

const OnboardingStep = builder.objectRef<Step<"CONNECT" | "FIRST_NUMBERS" | "CHECK_ONE">>("OnboardingStep").implement({
  description: "One of the first steps. It ticks itself.",
  ...rule("readOrganisation"),
  fields: (t) => ({
    name: t.expose("name", { type: OnboardingStepName, description: "Which." }),
    state: t.expose("state", { type: OnboardingState, description: "How far." }),
    doneAt: t.expose("doneAt", { type: "DateTime", nullable: true, description: "When it was done." }),
  }),
});
const OnboardingCheck = builder
  .objectRef<Step<"DATA_PANEL" | "YESTERDAY" | "SPOT_CHECK">>("OnboardingCheck")
  .implement({
    description: "One of the three checks. It ticks itself.",
    ...rule("readOrganisation"),
    fields: (t) => ({
      name: t.expose("name", { type: OnboardingCheckName, description: "Which." }),
      state: t.expose("state", { type: OnboardingState, description: "How far." }),
      doneAt: t.expose("doneAt", { type: "DateTime", nullable: true, description: "When it was seen." }),
    }),
  });
const Onboarding = builder.objectRef<OnboardingView>("Onboarding").implement({
  description: "The first steps of an organisation, told from its own rows.",
  ...rule("readOrganisation"),
  fields: (t) => ({
    steps: t.field({ type: [OnboardingStep], description: "In order.", resolve: ({ steps }) => [...steps] }),
    checks: t.field({ type: [OnboardingCheck], description: "In order.", resolve: ({ checks }) => [...checks] }),
    isDone: t.exposeBoolean("isDone", { description: "Every step is done." }),
    dismissedAt: t.expose("dismissedAt", {
      type: "DateTime",
      nullable: true,
      description: "When somebody put them away; null while they are shown.",
    }),
    spotCheck: t.expose("spotCheck", {
      type: SpotCheck,
      nullable: true,
      ...rule("readNumbers"),
      description: "The newest number that stands beside the source's own; null while none does.",
    }),
  }),
});

builder.objectFields(Organisation, (t) => ({
  usage: t.field({
    type: Usage,
    description: "What counts toward the plan and what does not.",
    resolve: (row, _args, ctx) => usageOf(row, ctx),
  }),
  onboarding: t.field({
    type: Onboarding,
    description: "Its first steps.",
    resolve: (row, _args, ctx) => readOnboarding(ctx.db, row, ctx.now),
  }),
}));

const DismissOnboardingInput = builder.inputType("DismissOnboardingInput", {
  description: "The first steps, put away for everybody in the organisation; or shown again.",
  fields: (t) => ({ isDismissed: t.boolean({ required: true, description: "False shows them again." }) }),
});
const DismissOnboardingSuccess = builder.objectRef<object>("DismissOnboardingSuccess").implement({
  description: "Done.",
  ...rule("readOrganisation"),
  fields: (t) => ({
    organisation: t.field({
      type: Organisation,
      description: "As it now stands.",
      resolve: (_done, _args, ctx) => organisationNow(ctx),
    }),
  }),
});
commandField({
  name: "dismissOnboarding",
  type: "DismissOnboarding",
  does: "Puts the first steps away, or shows them again.",
  permission: "manageDatasources",
  input: DismissOnboardingInput,
  success: DismissOnboardingSuccess,
  problems: [NotAllowed],
  work: (ctx, { isDismissed }: (typeof DismissOnboardingInput)["$inferInput"]) => dismissOnboarding(ctx, isDismissed),
});

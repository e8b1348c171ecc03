/** What looks at the whole platform, each on a Schedule. They read and write rows, and ring. */
import type { SweepResult } from "../activities/contract.ts";
import { sweepCalls } from "./calls.ts";

export const reconcile = (): Promise<SweepResult> => sweepCalls.reconcile();
export const freshness = (): Promise<SweepResult> => sweepCalls.freshness();
export const planSweep = (): Promise<SweepResult> => sweepCalls.planSweep();
export const providerProbe = (): Promise<SweepResult> => sweepCalls.providerProbe();
export const retention = (): Promise<SweepResult> => sweepCalls.retention();

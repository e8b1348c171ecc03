// What Meta says of its limits on every answer about an ad account: percentages in JSON inside headers, and when they run
// over, refusals with the minutes to wait.
import { namedError } from "./graph-error.ts";
import type { MetaWorld } from "./world.ts";

export function usageHeaders(world: MetaWorld, account: string, minutes = 0): Record<string, string> {
  const { percent, regainMinutes: counted } = world.usageOf(account);
  const regainMinutes = Math.max(counted, minutes);
  const tier = world.stateOf(`tier ${account}`) ?? "standard_access";
  const business = {
    [account]: [
      {
        type: "ads_insights",
        call_count: percent,
        total_cputime: Math.floor(percent / 2),
        total_time: Math.floor(percent / 3),
        estimated_time_to_regain_access: regainMinutes,
        ads_api_access_tier: tier,
      },
    ],
  };
  const app = { call_count: Math.floor(percent / 10), total_cputime: 0, total_time: 0 };
  const throttle = { app_id_util_pct: Math.floor(percent / 10), acc_id_util_pct: percent, ads_api_access_tier: tier };
  return {
    "x-business-use-case-usage": JSON.stringify(business),
    "x-app-usage": JSON.stringify(app),
    "x-ad-account-usage": JSON.stringify({
      acc_id_util_pct: percent,
      reset_time_duration: regainMinutes * 60,
      ads_api_access_tier: tier,
    }),
    "x-fb-ads-insights-throttle": JSON.stringify(throttle),
  };
}

/** Counts the call, or refuses it. */
export function takeCall(world: MetaWorld, account: string): void {
  if (world.usageOf(account).percent >= 100) throw namedError("80000");
  world.noteCall(account);
}

export function useUp(world: MetaWorld, account: string, percent: number, minutes: number): void {
  const untilMs = world.clock.nowMs() + minutes * 60_000;
  world.setState(`usage ${account}`, JSON.stringify({ percent, untilMs }));
}

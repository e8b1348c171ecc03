import type { Scene } from "./scene.ts";
import { DetailScene, list } from "./scene-pages.tsx";

/** Of a brand in the United States: numbers and times as they are written there. */
export const regionScenes: Scene[] = [
  {
    name: "detail-in-us",
    setting: { path: `${list}/shopify`, organisation: { region: "US", currency: "USD" } },
    show: () => <DetailScene id="shopify" />,
  },
];

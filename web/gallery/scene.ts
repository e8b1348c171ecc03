import type { ReactNode } from "react";
import type { SceneSetting } from "./scene-frame.tsx";

export interface Scene {
  name: string;
  setting: SceneSetting;
  show: () => ReactNode;
}

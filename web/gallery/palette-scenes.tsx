import { Palette } from "../shell/palette/palette.tsx";
import { datasourceFixture } from "./fixtures.ts";
import type { SceneSetting } from "./scene-frame.tsx";
import type { Scene } from "./scene.ts";
import { DetailScene, list, ListScene } from "./scene-pages.tsx";

const none = (): void => undefined;
const thousand = Array.from({ length: 1_000 }, (_, n) => datasourceFixture({ id: `ads-${n}`, name: `Ads ${n}` }));

/** Over the list, or over the page of one datasource. */
const scene = (name: string, first: string, setting: SceneSetting = {}, detail: string | null = null): Scene => ({
  name,
  setting: { path: detail === null ? list : `${list}/${detail}`, ...setting },
  show: () => (
    <>
      {detail === null ? <ListScene /> : <DetailScene id={detail} />}
      <Palette first={first} onClose={none} onHelp={none} />
    </>
  ),
});

export const paletteScenes: Scene[] = [
  scene("palette", ""),
  scene("palette-here", "", {}, "amazon-seller"),
  scene("palette-results", "amazon"),
  scene("palette-streams", "orders"),
  scene("palette-typed-in-hindi", "शॉपिफ़ाई"),
  scene("palette-none", "Ünterlagen"),
  scene("palette-thousand", "ads", { datasources: thousand }),
  scene("palette-loading", "", { isLoading: true }),
];

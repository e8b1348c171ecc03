import { useEffect } from "react";
import { useSearch } from "wouter";
import { SceneFrame } from "./scene-frame.tsx";
import { scenes } from "./scenes.tsx";

/** Development only: `/gallery` lists every scene, `/gallery?scene=<name>` shows one as it is in the app. */
export function Gallery() {
  const name = new URLSearchParams(useSearch()).get("scene");
  const scene = scenes.find((each) => each.name === name);
  const shown = scene?.name ?? "";
  // For whoever goes from scene to scene without loading the page anew.
  useEffect(() => void (document.documentElement.dataset["scene"] = shown), [shown]);
  if (scene)
    return (
      <SceneFrame key={scene.name} setting={scene.setting}>
        {scene.show()}
      </SceneFrame>
    );
  return (
    <main className="main" id="scenes">
      <h1>Gallery</h1>
      <ul className="bullets">
        {scenes.map((each) => (
          <li key={each.name}>
            <a href={`/gallery?scene=${each.name}`}>{each.name}</a>
          </li>
        ))}
      </ul>
    </main>
  );
}

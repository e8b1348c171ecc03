import { useSearch } from "wouter";
import { SceneFrame } from "./scene-frame.tsx";
import { scenes } from "./scenes.tsx";

/** Development only: `/gallery` lists every scene, `/gallery?scene=<name>` shows one as it is in the app. */
export function Gallery() {
  const name = new URLSearchParams(useSearch()).get("scene");
  const scene = scenes.find((each) => each.name === name);
  if (scene) return <SceneFrame setting={scene.setting}>{scene.show()}</SceneFrame>;
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

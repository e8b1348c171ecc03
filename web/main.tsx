import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { activate } from "./language.tsx";
import { preferences } from "./preferences.ts";
import { keepFocus, leadToErrors } from "./shell/focus-keeper.ts";
import { sayUnworded } from "./shell/unworded.ts";
import { watchWayBack } from "./shell/way-back.ts";
import "./styles/index.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root.");
const isWorded = await activate(preferences().language).then(
  () => true,
  () => false, // said below, in the words that need no catalog
);
keepFocus();
leadToErrors();
watchWayBack();
if (isWorded)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
else sayUnworded(root);

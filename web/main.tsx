import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { activate } from "./language.tsx";
import { preferences } from "./preferences.ts";
import "./styles/index.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root.");
await activate(preferences().language);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

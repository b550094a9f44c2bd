import "./styles/index.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "@/app/App";
import { speak } from "@/texts";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

await speak();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

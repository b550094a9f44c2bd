import { fileURLToPath } from "node:url";

import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": path("./src") } },
  build: {
    // Inside the Python package: hatchling takes it into the wheel, `sosie serve` serves it.
    outDir: path("../src/sosie/_ui"),
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    // No data: URLs and no inline code: the server's content security policy allows its own files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": process.env.SOSIE_URL ?? "http://127.0.0.1:8000" },
  },
  test: {
    environment: "jsdom",
    // Files share their environment: setting one up costs more than all tests in it.
    isolate: false,
    setupFiles: ["src/lib/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
  },
});

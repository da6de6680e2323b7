import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.TASKMASTER_URL || "http://127.0.0.1:3000";

/** The page: built into dist/web, which the server serves at `/`; `npm run dev:web` serves it live. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: { outDir: "../dist/web", emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 700 },
  server: {
    proxy: {
      "/api": server,
      "/readyz": server,
      "/socket.io": { target: server, ws: true },
    },
  },
});

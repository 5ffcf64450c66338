import { defineConfig } from 'vite';

/** Where `npm run dev:console` finds the API. */
const api = process.env['API'] ?? 'http://localhost:8080';

/** scripts/console.ts builds the console with it, and `npm run dev:console` serves the sources with reload. */
export default defineConfig({
  root: import.meta.dirname,
  // Otherwise Vite looks for a configuration of PostCSS in all folders above.
  css: { postcss: {} },
  build: {
    target: 'es2024',
    // The CSP allows no data URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': { target: api, ws: true }, '/console': api } },
});

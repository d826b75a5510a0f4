import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Schemas are made where a module is loaded; without this, every page would carry all of them. */
const isShared = /[\\/]shared[\\/]src[\\/]/;

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    manifest: true,
    // Inlined files would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // scripts/bundle-size.mjs holds the limits that matter.
    chunkSizeWarningLimit: 900,
    rolldownOptions: { treeshake: { moduleSideEffects: (id) => !isShared.test(id) } },
  },
});

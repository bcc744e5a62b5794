/** Builds the console into `dist`, which git ignores: `bin/setup` does it when a file of it has changed. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('app'),
  base: '/',
  logLevel: 'warn',
  // JSX needs nothing but the option: no plugin.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: 'es2023',
    // Everything is a file of its own: the content security policy takes no data: URL and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

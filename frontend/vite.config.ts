import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import tailwindcss from '@tailwindcss/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Writes the content security policy into index.html. The release allows
 * nothing but the page's own files. Mode e2e also allows the web socket by which
 * a build with Go's `dev` tag talks to a browser, and the dev server the one of
 * hot reload; neither ever reaches a release.
 */
function policy(sockets: boolean): Plugin {
  const content = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${sockets ? ' ws://127.0.0.1:* ws://localhost:*' : ''}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return {
    name: 'telehab-policy',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content },
        injectTo: 'head-prepend',
      },
    ],
  };
}

export default defineConfig(({ command, mode }) => ({
  plugins: [
    tailwindcss(),
    svelte(),
    policy(command === 'serve' || mode === 'e2e'),
    mode === 'test' && svelteTesting(),
  ],
  resolve: { alias: { $lib: folder('src/lib'), $screens: folder('src/screens') } },
  server: { host: '127.0.0.1', port: 5173, strictPort: true },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What the first screen needs in one file: each more is another wait.
            { name: 'first', test: /src\/main\.ts$/ },
            // What only a clinic that uses VALD Hub reads: bundle-size.mjs gives it a figure of its own.
            {
              name: 'hub',
              test: /(integration\/hub\/(?!HubCard)|InHub\.svelte|i18n\/hub\.)/,
              includeDependenciesRecursively: false,
            },
          ],
        },
      },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    isolate: false, // more than half of the time went into loading the same modules for each file
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
    testTimeout: 60_000, // more than one thing may be waited for, see src/testing/setup.ts
    env: { DEBUG_PRINT_LIMIT: '0' }, // a failure names what is missing, not the whole page
  },
}));

import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['dist/', 'wailsjs/', 'e2e/', 'node_modules/', 'test-results/'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...ts.configs.stylistic,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-undef': 'off', // TypeScript does it better
      'no-restricted-globals': [
        'error',
        { name: 'localStorage', message: 'Nothing about a clinic is kept in web storage.' },
        { name: 'sessionStorage', message: 'Nothing about a clinic is kept in web storage.' },
        { name: 'indexedDB', message: 'Nothing about a clinic is kept in web storage.' },
      ],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      // State is in $state; a Map or Date that nothing draws from may stay plain.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    // One typed wrapper talks to Go; everything else goes through it.
    files: ['src/**/*.ts', 'src/**/*.svelte'],
    ignores: ['src/lib/api/**', 'src/testing/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='window'][property.name=/^(go|runtime)$/]",
          message: 'Only src/lib/api may touch window.go and window.runtime.',
        },
      ],
    },
  },
  {
    // The building blocks know nothing of this app: no shapes, words or state.
    files: ['src/lib/components/ui/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: ['$lib/*', '$screens/*', '../../*'] }],
    },
  },
  { files: ['*.config.{js,ts}'], languageOptions: { globals: { ...globals.node } } },
);

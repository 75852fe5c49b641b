#!/usr/bin/env node
// The page's script and style together, compressed: at most 200 KiB.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const MOST = 200 * 1024;
const assets = 'frontend/dist/assets';
const figures = 'build/test-results/figures';

const size = readdirSync(assets)
  .filter((name) => /\.(js|css)$/.test(name))
  .reduce((sum, name) => sum + gzipSync(readFileSync(`${assets}/${name}`), { level: 9 }).length, 0);
const text = `script and style: ${(size / 1024).toFixed(0)} KiB packed (at most ${MOST / 1024})${size > MOST ? '  OVER ITS TARGET' : ''}\n`;
mkdirSync(figures, { recursive: true });
writeFileSync(`${figures}/bundle`, text);
console.log(text);
process.exit(size > MOST ? 1 : 0);

#!/usr/bin/env node
// The page's script and style together, compressed: at most 220 KiB. Its fonts,
// which are compressed already, have a figure of their own, and so has what is
// read only where a clinic uses VALD Hub.
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const MOST = 220 * 1024;
const assets = "frontend/dist/assets";
const figures = "build/test-results/figures";

const packed = (which) =>
  readdirSync(assets)
    .filter((name) => /\.(js|css)$/.test(name) && which(name))
    .reduce(
      (sum, name) => sum + gzipSync(readFileSync(`${assets}/${name}`), { level: 9 }).length,
      0,
    );
const ofHub = (name) => name.startsWith("hub-");
const size = packed((name) => !ofHub(name));
const text = `script and style: ${(size / 1024).toFixed(0)} KiB packed (at most ${MOST / 1024})${size > MOST ? "  OVER ITS TARGET" : ""}\n`;
mkdirSync(figures, { recursive: true });
const fonts = readdirSync(assets).filter((name) => name.endsWith(".woff2"));
const weight = fonts.reduce((sum, name) => sum + statSync(`${assets}/${name}`).size, 0);
const hub = `VALD Hub, read once it is used: ${(packed(ofHub) / 1024).toFixed(0)} KiB packed\n`;
const all = `${text}${hub}fonts: ${(weight / 1024).toFixed(0)} KiB in ${fonts.length} files\n`;
writeFileSync(`${figures}/bundle`, all);
console.log(all);
process.exit(size > MOST ? 1 : 0);

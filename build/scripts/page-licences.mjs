// Copies the licences of the npm packages in the built page into a folder, one
// folder per package. A temporary build's source maps tell which packages those
// are; style sheets have none, so theirs and that of the font are listed here.
//
//   page-licences.mjs DIR
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const STYLES = ['tailwindcss', '@fontsource-variable/inter'];
const LICENCE = /^(licen[cs]e|copying|notice)/i;

const target = process.argv[2];
const frontend = fileURLToPath(new URL('../../frontend', import.meta.url));
const modules = join(frontend, 'node_modules');

function packagesIn(folder) {
  const found = new Set(STYLES);
  for (const file of readdirSync(folder, { recursive: true })) {
    if (!file.endsWith('.map')) continue;
    for (const source of JSON.parse(readFileSync(join(folder, file), 'utf8')).sources) {
      const inside = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source);
      if (inside) found.add(inside[1]);
    }
  }
  return [...found].sort();
}

const page = mkdtempSync(join(tmpdir(), 'page-'));
try {
  execFileSync('npm', ['exec', '--', 'vite', 'build', '--sourcemap', '--outDir', page, '--emptyOutDir', '--logLevel', 'error'], {
    cwd: frontend,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const names = packagesIn(page);
  if (names.length < 5) throw new Error('the source maps name no packages');
  for (const name of names) {
    const folder = join(modules, name);
    if (!existsSync(folder)) continue; // one of Vite's own making, such as its preload helper
    const texts = readdirSync(folder).filter((file) => LICENCE.test(file));
    const { license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (texts.length === 0) console.error(`${name} has no text of its licence, ${license}`);
    mkdirSync(join(target, 'npm', name), { recursive: true });
    for (const text of texts) copyFileSync(join(folder, text), join(target, 'npm', name, text));
  }
} finally {
  rmSync(page, { recursive: true });
}

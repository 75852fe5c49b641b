// Draws build/appicon.png, build/linux/window.png and build/windows/icon.ico from the app's mark.
// The result is committed: run this when the mark changes.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { chromium } = createRequire(`${root}/frontend/`)('playwright-core');

// Space around the mark, as systems expect of an icon.
const MARGIN = 0.04;
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256];

const mark = readFileSync(`${root}/frontend/src/assets/mark.svg`, 'utf8');
const browser = await chromium.launch({
  executablePath: execFileSync(`${root}/build/scripts/chromium.sh`, { encoding: 'utf8' }).trim(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});

async function draw(size) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const inner = Math.round(size * (1 - 2 * MARGIN));
  await page.setContent(
    `<style>html, body { margin: 0; background: transparent }
       body { display: grid; place-items: center; height: 100vh }
       svg { width: ${inner}px; height: ${inner}px }</style>${mark}`,
  );
  const picture = await page.screenshot({ omitBackground: true });
  await page.close();
  return picture;
}

// An .ico is a small table in front of PNG files.
function ico(pictures) {
  const header = Buffer.alloc(6 + 16 * pictures.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  pictures.forEach(({ size, data }, i) => {
    const at = 6 + 16 * i;
    header.writeUInt8(size % 256, at); // 0 says 256
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(data.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += data.length;
  });
  return Buffer.concat([header, ...pictures.map(({ data }) => data)]);
}

writeFileSync(`${root}/build/appicon.png`, await draw(1024));
writeFileSync(`${root}/build/linux/window.png`, await draw(128));
const pictures = [];
for (const size of ICO_SIZES) pictures.push({ size, data: await draw(size) });
writeFileSync(`${root}/build/windows/icon.ico`, ico(pictures));
await browser.close();

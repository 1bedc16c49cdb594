// The comparison that chose the grid, again: our finished grid and the libraries, with the same rows
// and columns, in the same browser and the same run, one after another in turns; medians.
//
//   bench/grid/run.sh                     all grids, 3 turns
//   bench/grid/run.sh ours revogrid       only these
//   TURNS=5 bench/grid/run.sh
//
//   kB gz          scripts and styles that a page with this grid alone loads, minified, gzip
//   mount_ms       from the rows in memory to the first ones painted, 10,000 and 100,000 rows
//   scroll_fps, frame_ms_max   3 s of wheel scrolling over 100,000 rows
//   update_ms      the status of 1,000 rows changed at once from elsewhere, until it is painted
//   paste          a block of 50 × 3 cells with a quoted line break, by a real Ctrl+V
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const here = new URL('.', import.meta.url).pathname;
const others = process.argv[2];
const from_web = createRequire(new URL('../../web/package.json', import.meta.url));
const from_others = createRequire(join(others, 'package.json'));
const { chromium } = from_web('playwright-core');
const { build } = from_others('esbuild');

const turns = Number(process.env.TURNS ?? 3);
const mount_ms_max = 120_000;
const known = {
  floor: 'empty element (floor)',
  ours: 'ours',
  ours_page: 'ours, with store and painter of the page',
  revogrid: 'RevoGrid',
  ag_grid: 'AG Grid Community',
  tabulator: 'Tabulator',
  handsontable: 'Handsontable',
  glide: 'Glide Data Grid (canvas)',
  jspreadsheet: 'Jspreadsheet CE',
};
const names = process.argv.length > 3 ? process.argv.slice(3) : Object.keys(known);

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

// ---- The pages

const served = join(others, 'pages');
rmSync(served, { recursive: true, force: true });
mkdirSync(served, { recursive: true });

const page_of = (name, hasStyle) => `<!doctype html><meta charset="utf-8"><title>${name}</title>
<link rel="icon" href="data:,">${hasStyle ? `<link rel="stylesheet" href="/${name}/${name}.css">` : ''}
<style>html, body { height: 100%; margin: 0 } #place { position: relative; height: 100% }</style>
<div id="place"></div><script type="module" src="/${name}/${name}.js"></script>`;

async function makePage(name) {
  const source = readdirSync(join(here, 'pages')).find((file) => file.replace(/\.\w+$/, '') === name);
  await build({
    entryPoints: { [name]: join(here, 'pages', source) },
    outdir: join(served, name), bundle: true, splitting: true, minify: true, format: 'esm', target: 'es2022',
    nodePaths: [join(others, 'node_modules')], logLevel: 'error',
    conditions: ['browser', 'production'],
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.svg': 'dataurl', '.woff': 'empty', '.woff2': 'empty' },
  });
  writeFileSync(join(served, `${name}.html`), page_of(name, existsSync(join(served, name, `${name}.css`))));
}

const types = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
let loaded_bytes = 0; // of scripts and styles, as they were asked for
const server = createServer((request, response) => {
  const name = request.url.slice(1);
  try {
    const body = readFileSync(join(served, name));
    response.writeHead(200, { 'Content-Type': `${types[name.split('.').pop()]}; charset=utf-8` });
    response.end(body);
    if (!name.endsWith('.html')) loaded_bytes += gzipSync(body, { level: 9 }).length;
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

// ---- One grid, driven

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true,
  args: ['--js-flags=--expose-gc'],
});

async function open(name) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 760 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  context.setDefaultTimeout(mount_ms_max);
  const page = await context.newPage();
  await page.goto(`${origin}/${name}.html`);
  await page.waitForFunction(() => window.bench !== undefined);
  return page;
}

const mount = (page, rows) => page.evaluate((count) => window.bench.mount(count), rows);

/** Gaps between frames during 3 s of a wheel that never rests. */
async function scroll(page) {
  await page.mouse.move(600, 400);
  const gaps = page.evaluate(() => new Promise((resolve) => {
    const times = [];
    const begin = performance.now();
    const frame = (now) => {
      times.push(now);
      if (now - begin < 3000) requestAnimationFrame(frame);
      else resolve(times.slice(1).map((time, i) => time - times[i]));
    };
    requestAnimationFrame(frame);
  }));
  const end = Date.now() + 3000;
  while (Date.now() < end) await page.mouse.wheel(0, 900);
  const found = await gaps;
  return {
    scroll_fps: (1000 * found.length) / found.reduce((sum, gap) => sum + gap, 0),
    frame_ms_max: Math.max(...found),
    pixels: await page.evaluate(() => window.bench.scrollTop()),
    elements: await page.evaluate(() => window.bench.elements()),
  };
}

async function measure(name) {
  const one = {};
  loaded_bytes = 0;
  let page = await open(name);
  one.mount_10k_ms = await mount(page, 10_000);
  one.kilobytes = loaded_bytes / 1000;
  await page.context().close();
  page = await open(name);
  one.mount_100k_ms = await mount(page, 100_000);
  if (name !== 'floor') {
    one.update_ms = await page.evaluate(() => window.bench.update(1000, 'live'));
  }
  await page.evaluate(() => window.gc());
  await page.waitForTimeout(500); // what was mounted and updated has come to rest
  Object.assign(one, await scroll(page));
  await page.context().close();
  return one;
}

// ---- The clipboard

/** As Excel writes it: the note of the eighth row holds a line break and a quote. */
const block = Array.from({ length: 50 }, (_, i) => [
  `p${i}`, 'pasted', i === 7 ? 'say "hi"\nthen go' : `n${i}`,
]);
const quoted = (text) => (/[\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const plain = `${block.map((row) => row.map(quoted).join('\t')).join('\r\n')}\r\n`;
const keys = ['week_yyyymmdd', 'status', 'notes'];

async function paste(name) {
  const page = await open(name);
  await mount(page, 1000);
  await page.evaluate((text) => navigator.clipboard.write([
    new ClipboardItem({ 'text/plain': new Blob([text], { type: 'text/plain' }) }),
  ]), plain);
  // The first row's week: 56 pixels of row numbers are not there in each of them.
  const spot = await page.evaluate(() => {
    const cell = [...document.querySelectorAll('#place *')].find(
      (element) => element.textContent.startsWith('20260105') && element.children.length < 2 &&
        element.getBoundingClientRect().width > 60,
    );
    const box = cell?.getBoundingClientRect();
    return box && box.width > 0 ? [box.x + 20, box.y + box.height / 2] : null;
  });
  await page.mouse.click(...(spot ?? [570, 42]));
  await page.waitForTimeout(300);
  await page.keyboard.press('Control+V');
  await page.waitForTimeout(1500);
  const found = await page.evaluate(async (columns) => {
    const rows = [];
    for (let index = 0; index < 60; ++index) {
      rows.push(await Promise.all(columns.map((key) => window.bench.textAt(index, key))));
    }
    return rows;
  }, keys);
  await page.context().close();
  const start = found.findIndex((row) => row[0] === 'p0');
  if (start < 0) return 'nothing arrives';
  const wrong = block.filter((row, i) =>
    row.some((text, j) => String(found[start + i][j]).replaceAll('\r', '') !== text));
  if (wrong.length === 0) return 'right';
  return `${wrong.length} of 50 rows wrong, from row ${block.indexOf(wrong[0]) + 1}`;
}

// ---- All of them

const results = new Map();
for (const name of names) {
  await makePage(name);
  results.set(name, { turns: [] });
}
for (let turn = 0; turn < turns; ++turn) {
  for (const name of names) {
    try {
      results.get(name).turns.push(await measure(name));
    } catch (reason) {
      results.get(name).failed = String(reason.message).split('\n')[0];
    }
    process.stderr.write(`turn ${turn + 1}: ${name} ${JSON.stringify(results.get(name).turns.at(-1))}\n`);
  }
}
for (const name of names.filter((one) => one !== 'floor')) results.get(name).paste = await paste(name);

const of = (name, key) => median(results.get(name).turns.map((turn) => turn[key] ?? NaN));
const lines = [];
const own = results.get('ours')?.turns.length > 0 ? of('ours', 'mount_100k_ms') : NaN;
for (const [name, result] of results) {
  if (result.turns.length === 0) {
    lines.push([known[name], `failed: ${result.failed}`]);
    continue;
  }
  const whole = (key) => {
    const value = of(name, key);
    return Number.isNaN(value) ? '–' : String(Math.round(value));
  };
  lines.push([
    known[name], of(name, 'kilobytes').toFixed(1), whole('mount_10k_ms'), whole('mount_100k_ms'),
    (of(name, 'mount_100k_ms') / own).toFixed(1), whole('scroll_fps'), whole('frame_ms_max'),
    whole('update_ms'), whole('elements'), whole('pixels'), result.paste ?? '–',
  ]);
}
const head = ['grid', 'kB gz', 'mount 10k ms', 'mount 100k ms', '× ours', 'scroll fps',
  'longest frame ms', '1,000 updates ms', 'elements', 'pixels scrolled', 'paste'];
const version = execFileSync(process.env.CHROMIUM ?? '/usr/bin/chromium', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
console.log(`${cpus().length} × ${cpus()[0].model.trim()}, load ${loadavg()[0].toFixed(1)}; ${version}; ${turns} turns, medians`);
console.log(`| ${head.join(' | ')} |\n|${head.map(() => '---|').join('')}`);
for (const line of lines) console.log(`| ${line.join(' | ')} |`);
await browser.close();
server.close();

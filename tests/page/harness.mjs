// What every page test stands on: one Chromium, a signed-in context, the page's own errors collected,
// and readers that look at the program's API and at the workbook instead of at the page.
//
//   PAGE_URL       base address, e.g. http://127.0.0.1:3000
//   PAGE_SIGN_IN   path of a one-time sign-in link (/#setup=…), or "e-mail:password"
//   PAGE_WORKBOOK  the .xlsx that must agree, if there is one
//   PAGE_DATA      the data folder of the program (run.json)
//   PAGE_MOCK      set: the mock server of web/dev, which can play Excel by itself
//   PAGE_STATE     file that keeps the session between test files, since a link works once
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
export const axe_source = require('node:fs').readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const base = process.env.PAGE_URL;
assert.ok(base, 'PAGE_URL is not set; use tests/page/run.sh');
export const workbook = process.env.PAGE_WORKBOOK ?? '';
export const is_mock = Boolean(process.env.PAGE_MOCK);
const state_file = process.env.PAGE_STATE ?? `/tmp/page-state-${process.pid}.json`;

let browser;

export async function openBrowser() {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
  });
  if (!existsSync(state_file)) await signInOnce();
}

export async function closeBrowser() {
  await browser?.close();
}

async function signInOnce() {
  const context = await browser.newContext();
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  const way = process.env.PAGE_SIGN_IN ?? '/#setup=mock';
  if (way.startsWith('/') || way.startsWith('http')) {
    await page.goto(new URL(way, base).href);
  } else {
    const at = way.indexOf(':');
    await page.goto(base);
    await page.getByLabel(/e-mail/i).fill(way.slice(0, at));
    await page.getByLabel(/password/i).fill(way.slice(at + 1));
    await page.getByRole('button', { name: /sign in/i }).click();
  }
  await page.getByRole('grid').waitFor();
  assert.equal(new URL(page.url()).hash, '', 'the token has left the address');
  await context.storageState({ path: state_file });
  await context.close();
}

/** A signed-in page. `page.troubles` collects errors of the console and requests that left home. */
export const theBrowser = () => browser;

export async function openPage({ path = '/', origin = base, ...options } = {}) {
  const context = await browser.newContext({
    storageState: state_file,
    viewport: { width: 1360, height: 760 },
    locale: 'en-GB',
    serviceWorkers: 'block', // what a worker fetches could not be held back by a test
    ...options,
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  page.troubles = [];
  page.said = [];
  page.on('console', (message) => {
    page.said.push(message.text());
    if (message.type() === 'error') page.troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => page.troubles.push(`script: ${error.stack}`));
  page.on('request', (request) => {
    const isHome = request.url().startsWith(origin) || /^(data|blob|about):/.test(request.url());
    if (!isHome) page.troubles.push(`left the origin: ${request.url()}`);
  });
  await page.goto(origin + path);
  if (isGridPath(path)) {
    await page.getByRole('grid').waitFor();
    await page.getByRole('gridcell').first().waitFor();
  } else {
    await page.getByRole('main').waitFor();
  }
  return page;
}

const isGridPath = (path) => /^\/($|\?|shots)/.test(path);

export async function closePage(page) {
  const troubles = page.troubles;
  await page.context().close();
  assert.deepEqual(troubles, []);
}

/** A time that is printed; it fails a test only where STRICT_TIMES says that nothing else runs here. */
export function timed(context, what, milliseconds, limit) {
  context.diagnostic(`${what}: ${Math.round(milliseconds)} ms (aim: ${limit} ms)`);
  if (process.env.STRICT_TIMES) assert.ok(milliseconds < limit, `${what}: ${milliseconds} ms`);
}

/** Asks until it is true or the time is over; then the last failure is thrown. */
export async function eventually(check, milliseconds = 90_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    try {
      return await check();
    } catch (reason) {
      if (Date.now() > end) throw reason;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

// ---- The program, asked past the page

export function ask(page, method, path, body) {
  return page.evaluate(
    async ([how, where, what]) => {
      const response = await fetch(where, {
        method: how,
        headers: { 'Content-Type': 'application/json' },
        body: what === undefined ? undefined : JSON.stringify(what),
      });
      return { status: response.status, json: await response.json() };
    },
    [method, path, body],
  );
}

/** Entries of an episode, by shot. */
export async function entriesOf(page, episode) {
  const { json } = await ask(page, 'GET', '/api/production-data');
  return json.data
    .filter((entry) => entry.episode_title === episode)
    .sort((a, b) => a.id - b.id);
}

/** Rows of the workbook whose cells contain `episode`, as lists of texts; [] without a workbook. */
export function workbookRows(episode, file = workbook) {
  const script = `
import json, sys, openpyxl
sheet = openpyxl.load_workbook(sys.argv[1], read_only=True).worksheets[0]
print(json.dumps([["" if c is None else str(c) for c in row] for row in sheet.iter_rows(values_only=True) if sys.argv[2] in [str(c) for c in row]]))`;
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', script, file, episode], { encoding: 'utf8' }));
}

/** Each of these rows (texts in any column) is in the workbook, if there is one. */
export async function inWorkbook(episode, rows) {
  if (workbook === '') return;
  await eventually(() => {
    const found = workbookRows(episode);
    assert.equal(found.length, rows.length);
    for (const row of rows) {
      assert.ok(
        found.some((cells) => row.every((text) => text === '' || cells.includes(text))),
        `${JSON.stringify(row)} is not in ${JSON.stringify(found)}`,
      );
    }
  });
}

/** Somebody changes a cell in Excel: column header, text; the row is the one that holds `key`. */
export async function editInExcel(page, { id, key, column, header, text }) {
  if (is_mock) {
    await ask(page, 'POST', '/mock/excel', { id, cells: { [column]: text } });
    return;
  }
  const script = `
import sys, openpyxl
path, key, header, text = sys.argv[1:]
book = openpyxl.load_workbook(path)
sheet = book.worksheets[0]
rows = list(sheet.iter_rows())
head = next(row for row in rows if any(str(c.value or "").strip().lower() == header for c in row))
column = next(c.column for c in head if str(c.value or "").strip().lower() == header)
row = next(row for row in rows if any(c.value == key for c in row))
sheet.cell(row=row[0].row, column=column).value = text
book.save(path)`;
  execFileSync('/usr/bin/python3', ['-c', script, workbook, key, header, text]);
}

// ---- The grid, by what a person sees

/** The grid cell of a row (0 = the first shown) and a column title. */
export async function cellAt(page, row, title) {
  const heading = page.getByRole('columnheader', { name: title, exact: true });
  const index = await heading.getAttribute('aria-colindex');
  return page.locator(`[role=row][aria-rowindex="${row + 2}"] [aria-colindex="${index}"]`);
}

export async function clickCell(page, row, title, options = {}) {
  await (await cellAt(page, row, title)).click(options);
}

export async function filterBy(page, text) {
  await page.getByRole('searchbox').fill(text);
  await page.waitForFunction(
    (wanted) => (new URLSearchParams(location.search).get('q') ?? '') === wanted,
    text,
  ); // the address follows what is shown
}

/** Puts text on the clipboard as Excel would and presses Ctrl+V. */
export async function paste(page, plain) {
  await page.evaluate(
    (text) =>
      navigator.clipboard.write([
        new ClipboardItem({ 'text/plain': new Blob([text], { type: 'text/plain' }) }),
      ]),
    plain,
  );
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+V');
}

/** Waits until everything typed has been answered. */
export async function saved(page) {
  await page.waitForFunction(() => document.querySelector('.grid .is-pending') === null);
  await page.waitForFunction(() => !/Saving/.test(document.querySelector('.pill').textContent));
}

/** Rows of our own, so that the tests leave the sample alone; the page shows only these afterwards. */
export async function makeRows(page, episode, count) {
  const rows = Array.from({ length: count }, (_, i) => ({
    animator: 'Ana Duarte', project_type: 'Series', episode_title: episode, scene: '90',
    shot: `${9000 + i}`, week_yyyymmdd: '20260105', status: 'wip', notes: `note ${i}`,
  }));
  const { status, json } = await ask(page, 'POST', '/api/production-data', rows);
  assert.equal(status, 201, JSON.stringify(json));
  await filterBy(page, `episode="${episode}"`);
  await (await cellAt(page, count - 1, 'Shot')).waitFor();
}

/** The exact text of a cell, by copying it. */
export async function readCell(page, row, title) {
  await clickCell(page, row, title);
  await page.keyboard.press('Control+C');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}

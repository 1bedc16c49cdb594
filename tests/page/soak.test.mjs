// Two browsers and one workbook edited at once, 20 edits a second in all; at the end all three are
// equal, the console was quiet and the page's memory flat. PAGE_SOAK_SECONDS=120 is the long form.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import {
  ask, clickCell, closeBrowser, closePage, entriesOf, eventually, is_mock, makeRows, openBrowser,
  openPage, saved, workbook, workbookRows,
} from './harness.mjs';
import { sql } from './program.mjs';

const seconds = Number(process.env.PAGE_SOAK_SECONDS ?? 15);
const rows = 18; // all in sight
const block = 3; // cells that one Ctrl+Enter fills
const episode = `Soak ${Date.now().toString(36)}`;
const path = `/?q=${encodeURIComponent(`episode="${episode}"`)}`;
let pages;

before(async () => {
  await openBrowser();
  const first = await openPage();
  await makeRows(first, episode, rows);
  pages = [first, await openPage({ path })];
});

after(async () => {
  if (!is_mock) sql(`delete from production_summary where episode_title = '${episode}'`);
  for (const page of pages) await closePage(page);
  await closeBrowser();
});

const shift = { modifiers: 8 };
const control = { modifiers: 2 };
const repeated = (times, press) => Array.from({ length: times }, press).flat();

/** A block of cells selected, a text typed over them, Ctrl+Enter, on to the next: in this order. */
async function typeIntoBlock(session, letter, rest) {
  const dispatch = (type, more) => session.send('Input.dispatchKeyEvent', { type, ...more });
  const press = (key, more = {}) => {
    const windowsVirtualKeyCode = { Enter: 13, ArrowDown: 40 }[key] ?? key.toUpperCase().charCodeAt(0);
    const one = { key, code: key, windowsVirtualKeyCode, ...more };
    return [dispatch('keyDown', one), dispatch('keyUp', { ...one, text: undefined })];
  };
  await Promise.all([
    ...repeated(block - 1, () => press('ArrowDown', shift)),
    ...press(letter, { text: letter }),
    session.send('Input.insertText', { text: rest }),
    ...press('Enter', control),
    ...repeated(block, () => press('ArrowDown')),
  ]);
}

/** Types into a column, a block of rows at a time, `per_second` cells. */
async function typeInto(page, column, per_second, end) {
  const session = await page.context().newCDPSession(page);
  let edits = 0;
  const began = Date.now();
  while (Date.now() < end) {
    if (edits % rows === 0) await clickCell(page, 0, column);
    await typeIntoBlock(session, column[0], String(edits));
    edits += block;
    const pause = began + (1000 * edits) / per_second - Date.now();
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  await session.detach();
  return edits;
}

/** A person in a spreadsheet program who saves two cells a second. */
function editWorkbook(end) {
  const script = `
import openpyxl, random, sys, time
path, episode, end = sys.argv[1], sys.argv[2], float(sys.argv[3])
count = 0
while time.time() < end:
    begun = time.time()
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows())
    head = next(r for r in rows if any(str(c.value or "").strip().lower() == "status" for c in r))
    column = next(c.column for c in head if str(c.value or "").strip().lower() == "status")
    own = [r for r in rows if any(c.value == episode for c in r)]
    for row in random.sample(own, 2):
        sheet.cell(row=row[0].row, column=column).value = f"x{count}"
        count += 1
    book.save(path)
    time.sleep(max(0, 1 - (time.time() - begun)))
print(count)`;
  const child = spawn('/usr/bin/python3', ['-c', script, workbook, episode, String(end / 1000)]);
  let out = '';
  child.stdout.on('data', (bytes) => (out += bytes));
  return new Promise((resolve, reject) =>
    child.on('exit', (code) => (code === 0 ? resolve(Number(out)) : reject(new Error(`python: ${code}`)))),
  );
}

async function heapBytes(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

/** What a page shows of our rows: shot, status, notes. */
async function shown(page) {
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Control+C');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  return text.split('\r\n').map((line) => line.split('\t').slice(0, 8).join('|'));
}

test(`20 edits a second for ${seconds} s: all equal at the end`, { skip: is_mock, timeout: (seconds + 300) * 1000 }, async (t) => {
  const heap_before = await heapBytes(pages[0]);
  const end = Date.now() + seconds * 1000;
  const counts = await Promise.all([
    typeInto(pages[0], 'Notes', 9, end),
    typeInto(pages[1], 'Animator', 9, end),
    editWorkbook(end),
  ]);
  for (const page of pages) await saved(page);
  await pages[0].locator('.pill', { hasText: /In sync|conflict/ }).waitFor();
  const settled = await eventually(async () => {
    const entries = await entriesOf(pages[0], episode);
    const of = (entry) => [entry.animator, entry.shot, entry.status, entry.notes ?? ''];
    const inBook = workbookRows(episode);
    for (const entry of entries) {
      const row = inBook.find((cells) => cells.includes(entry.shot));
      for (const text of of(entry)) assert.ok(text === '' || row.includes(text), `${of(entry)} / ${row}`);
    }
    assert.equal(inBook.length, rows);
    assert.equal(entries.length, rows);
    return entries;
  });
  // The pages hear of the last changes a moment after the program has them.
  await eventually(async () => {
    const [first, second] = [await shown(pages[0]), await shown(pages[1])];
    assert.deepEqual(first, second);
    for (const entry of settled) {
      assert.ok(first.some((line) => [entry.shot, entry.status, entry.notes].every((text) => line.split('|').includes(text ?? ''))), entry.shot);
    }
  });
  const heap_after = await heapBytes(pages[0]);
  const rate = (counts.reduce((sum, count) => sum + count, 0) / seconds).toFixed(1);
  t.diagnostic(`${counts.join(' + ')} edits, ${rate} a second; heap ${(heap_before / 1e6).toFixed(1)} → ${(heap_after / 1e6).toFixed(1)} MB`);
  assert.ok(counts.every((count) => count > 0), counts.join());
  assert.ok(heap_after < heap_before * 1.5 + 4e6, `${heap_before} → ${heap_after} bytes`);
  await eventually(async () => {
    assert.equal((await ask(pages[0], 'GET', '/api/sync/status')).json.pendingToWorkbook, 0);
  });
});

// Editing as in Excel, in a real browser, each read back from the program and from the workbook.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import {
  ask, cellAt, clickCell, closeBrowser, closePage, entriesOf, eventually, filterBy, inWorkbook,
  is_mock, makeRows, openBrowser, openPage, paste, readCell, saved,
} from './harness.mjs';
import { sql } from './program.mjs';

const episode = `Page test ${Date.now().toString(36)}`;
let page;

before(async () => {
  await openBrowser();
  page = await openPage();
  await makeRows(page, episode, 6);
  await closePage(page);
});

after(async () => {
  page = await openPage();
  const ids = (await entriesOf(page, episode)).map((entry) => entry.id);
  // Few at a time: a mass deletion would wait for a producer.
  for (const id of ids) await ask(page, 'DELETE', '/api/production-data', { ids: [id] });
  await closePage(page);
  await closeBrowser();
});

beforeEach(async () => {
  page = await openPage({ path: `/?q=${encodeURIComponent(`episode="${episode}"`)}` });
});

afterEach(async () => {
  if (page) await closePage(page);
});

const column = async (name) => (await entriesOf(page, episode)).map((entry) => entry[name]);

const cells = [
  'animator', 'project_type', 'episode_title', 'scene', 'shot', 'week_yyyymmdd', 'status', 'notes',
];

/** PostgreSQL and the workbook hold what the program says, cell by cell. */
async function onAllSides() {
  const said = (await entriesOf(page, episode)).map((entry) => cells.map((name) => entry[name] ?? ''));
  if (!is_mock) {
    const stored = sql(`select json_build_array(${cells.map((name) => `coalesce(${name}, '')`)})
                        from production_summary where episode_title = '${episode}' order by id`);
    assert.deepEqual(stored.map((line) => JSON.parse(line)), said);
  }
  await inWorkbook(episode, said);
}

/** What the page writes from here on, as "POST /api/import" and so on. */
function writesOf(ours) {
  const writes = [];
  ours.on('request', (request) => {
    const { pathname } = new URL(request.url());
    const isWrite = request.method() !== 'GET' && pathname !== '/api/presence';
    if (isWrite) writes.push(`${request.method()} ${pathname.replace(/[0-9a-f-]{20,}/, ':batch')}`);
  });
  return writes;
}

/** One row that is there and two that are not, as a block. */
async function pasteThree() {
  await clickCell(page, 5, 'Episode');
  const line = (shot) => [episode, '90', shot, '20260105', 'wip', `pasted ${shot}`].join('\t');
  await paste(page, ['9005', '9006', '9007'].map(line).join('\r\n'));
  await page.getByRole('button', { name: 'Add 2 rows' }).click();
}

const shots_before = ['9000', '9001', '9002', '9003', '9004', '9005'];
const shots_pasted = [...shots_before, '9006', '9007'];

const undo_options = { skip: is_mock && 'the mock server undoes no batch' };

test('a block that reaches past the last row offers to add the rows: one request, one undo', undo_options, async () => {
  const writes = writesOf(page);
  await pasteThree();
  await saved(page);
  assert.deepEqual(writes, ['POST /api/import']);
  assert.deepEqual(await column('shot'), shots_pasted);
  const pasted = (await entriesOf(page, episode)).slice(5);
  const batches = await Promise.all(pasted.map(async ({ id }) => {
    const { json } = await ask(page, 'GET', `/api/production-data/${id}/history`);
    return json.data[0].batch_id;
  }));
  assert.equal(new Set(batches).size, 1, 'one batch in the history');
  await onAllSides();
  writes.length = 0;
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+Z');
  await saved(page);
  await eventually(async () => assert.deepEqual(await column('shot'), shots_before));
  assert.equal((await column('notes'))[5], 'note 5');
  assert.deepEqual(writes, ['POST /api/changes/:batch/undo']);
  await onAllSides();
});

test('such a paste without the program is kept as one over a reload, and sent once', undo_options, async () => {
  await page.route('**/api/import', (route) => route.abort());
  await pasteThree();
  await page.getByText('You are offline: 3 kept here').waitFor();
  await page.reload();
  await page.getByText('You are offline').waitFor();
  assert.deepEqual(await column('shot'), shots_before);
  await page.unroute('**/api/import');
  await page.getByText('You are offline').waitFor({ state: 'detached' });
  await saved(page);
  assert.deepEqual(await column('shot'), shots_pasted);
  const { json } = await ask(page, 'GET', `/api/production-data/${(await entriesOf(page, episode))[5].id}/history`);
  await ask(page, 'POST', `/api/changes/${json.data[0].batch_id}/undo`, {});
  await eventually(async () => assert.deepEqual(await column('shot'), shots_before));
  assert.equal((await column('notes'))[5], 'note 5');
  page.troubles = page.troubles.filter((one) => !/ERR_FAILED/.test(one));
});

test('typing replaces, Enter saves and goes down, Escape keeps the old text', async () => {
  await clickCell(page, 0, 'Notes');
  await page.keyboard.type('typed over');
  await page.keyboard.press('Enter');
  await page.keyboard.type('never meant');
  await page.keyboard.press('Escape');
  await page.keyboard.press('F2');
  await page.keyboard.type(' and more');
  await page.keyboard.press('Alt+Enter');
  await page.keyboard.type('second line');
  await page.keyboard.press('Tab');
  await saved(page);
  const notes = await column('notes');
  assert.equal(notes[0], 'typed over');
  assert.equal(notes[1], 'note 1 and more\nsecond line');
  await onAllSides();
});

test('a pasted block of 5×3 with a quoted line break is one request, and one undo takes it back', async () => {
  const before_paste = await entriesOf(page, episode);
  const writes = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH') writes.push(request);
  });
  await clickCell(page, 0, 'Week');
  const block = [
    ['20260112', 'done', '"two\nlines with ""quotes"""'],
    ['20260119', 'wip', '0010'],
    ['2026-01-26', 'review', '=1+1'],
    ['20260202', 'retake', '2026-01-05'],
    ['', 'omit', '\u{1f680} ünïcode 日本'],
  ];
  await paste(page, `${block.map((row) => row.join('\t')).join('\r\n')}\r\n`);
  await saved(page);
  assert.equal(writes.length, 1);
  assert.ok(writes[0].headers()['idempotency-key']);
  assert.deepEqual((await column('week_yyyymmdd')).slice(0, 5), ['20260112', '20260119', '20260126', '20260202', '']);
  assert.deepEqual((await column('status')).slice(0, 5), ['done', 'wip', 'review', 'retake', 'omit']);
  const notes = ['two\nlines with "quotes"', '0010', '=1+1', '2026-01-05', '\u{1f680} ünïcode 日本'];
  assert.deepEqual((await column('notes')).slice(0, 5), notes);
  await onAllSides();

  await page.keyboard.press('Control+Z');
  await saved(page);
  const changed = (all) => all.map(({ week_yyyymmdd, status, notes: text }) => [week_yyyymmdd, status, text]);
  assert.deepEqual(changed(await entriesOf(page, episode)), changed(before_paste));
  await onAllSides();
  await page.keyboard.press('Control+Y');
  await saved(page);
  assert.deepEqual((await column('notes')).slice(0, 5), notes);
});

test('one value fills the selected range; Ctrl+D fills down; Delete clears', async () => {
  await clickCell(page, 0, 'Status');
  await clickCell(page, 2, 'Status', { modifiers: ['Shift'] });
  await paste(page, 'hold');
  await saved(page);
  assert.deepEqual((await column('status')).slice(0, 3), ['hold', 'hold', 'hold']);

  await clickCell(page, 2, 'Status');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Control+D');
  await saved(page);
  assert.deepEqual((await column('status')).slice(0, 5), ['hold', 'hold', 'hold', 'hold', 'hold']);

  await page.keyboard.press('Delete');
  await saved(page);
  assert.deepEqual((await column('status')).slice(0, 5), ['hold', 'hold', '', '', '']);
  await onAllSides();
});

/** The table on the clipboard, as a program gets it into which it is pasted. */
async function pastedHtml() {
  await page.evaluate(() => {
    const field = document.createElement('textarea');
    document.body.append(field);
    window.pasted_html = new Promise((resolve) => {
      field.addEventListener('paste', (event) => {
        resolve(event.clipboardData.getData('text/html'));
        event.preventDefault();
        field.remove();
      });
    });
    field.focus();
  });
  await page.keyboard.press('Control+V');
  return page.evaluate(() => window.pasted_html);
}

test('copy and cut carry the exact text, quoted where it must be', async () => {
  await clickCell(page, 0, 'Notes');
  await page.keyboard.press('Enter');
  await clickCell(page, 0, 'Notes');
  await paste(page, '"a\nb"');
  await saved(page);
  assert.equal(await readCell(page, 0, 'Notes'), 'a\nb');
  await clickCell(page, 0, 'Shot');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Control+C');
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), '9000\r\n9001');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Control+C');
  const block = (await entriesOf(page, episode)).slice(0, 5).map((one) => [one.shot, one.week_yyyymmdd, one.status]);
  assert.equal(
    await page.evaluate(() => navigator.clipboard.readText()), block.map((line) => line.join('\t')).join('\r\n'),
  );
  assert.match(await pastedHtml(), /<td style="mso-number-format:'\\@'/, 'Excel keeps 0010 as text');
  await clickCell(page, 0, 'Notes');
  await page.keyboard.press('Control+X');
  await saved(page);
  assert.equal((await column('notes'))[0], null);
  await onAllSides();
});

test('a cell that breaks a rule stays as typed, says why, and does not stop the others', async () => {
  await clickCell(page, 1, 'Week');
  await paste(page, 'next week\tdone');
  await saved(page);
  assert.equal((await column('status'))[1], 'done');
  const bad = await cellAt(page, 1, 'Week');
  assert.equal(await bad.getAttribute('aria-invalid'), 'true');
  assert.equal(await bad.innerText(), 'next week');
  await bad.click();
  await page.getByText('Not saved: is a day such as 20260105').waitFor();
  await page.getByRole('button', { name: 'Discard my text' }).click();
  assert.equal(await bad.getAttribute('aria-invalid'), null);
});

test('added with the button: a draft until it has scene and shot', async () => {
  await page.getByRole('button', { name: 'Add row' }).click();
  await page.keyboard.type('91');
  await page.keyboard.press('Tab');
  assert.equal((await entriesOf(page, episode)).length, 6);
  await page.keyboard.type('9100');
  await page.keyboard.press('Enter');
  await saved(page);
  const entries = await eventually(async () => {
    const found = await entriesOf(page, episode);
    assert.equal(found.length, 7);
    return found;
  });
  assert.deepEqual([entries[6].scene, entries[6].shot], ['91', '9100']);
  await onAllSides();
});

test('deleted rows go and come back with Ctrl+Z, under the same ids', async () => {
  const ids = (await entriesOf(page, episode)).map((entry) => entry.id);
  await clickCell(page, 5, 'Shot');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Control+-');
  await saved(page);
  await eventually(async () => {
    assert.deepEqual((await entriesOf(page, episode)).map((entry) => entry.id), ids.slice(0, 5));
  });
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+Z');
  await saved(page);
  await eventually(async () => {
    assert.deepEqual((await entriesOf(page, episode)).map((entry) => entry.id), ids);
  });
  await onAllSides();
});

test('sorting and filtering stay in the address and over a reload', async () => {
  await clickCell(page, 2, 'Shot');
  await page.keyboard.press('Alt+S');
  await page.keyboard.press('Alt+S');
  await page.waitForURL(/sort=-shot/);
  await page.reload();
  await page.getByRole('gridcell').first().waitFor();
  assert.equal(await (await cellAt(page, 0, 'Shot')).innerText(), '9100');
  await filterBy(page, `episode="${episode}" shot=9003`);
  assert.equal(await page.getByRole('grid').getAttribute('aria-rowcount'), '2');
});

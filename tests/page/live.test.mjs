// Two pages and a workbook at once: what others do shows up by itself and disturbs nobody.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  ask, cellAt, clickCell, closeBrowser, closePage, editInExcel, entriesOf, eventually, is_mock,
  makeRows, openBrowser, openPage, saved,
} from './harness.mjs';

const episode = `Live test ${Date.now().toString(36)}`;
const path = `/?q=${encodeURIComponent(`episode="${episode}"`)}`;
let ana;
let ben;

before(async () => {
  await openBrowser();
  ana = await openPage();
  await makeRows(ana, episode, 4);
  ben = await openPage({ path });
});

after(async () => {
  for (const { id } of await entriesOf(ana, episode)) {
    await ask(ana, 'DELETE', '/api/production-data', { ids: [id] });
  }
  await closePage(ana);
  await closePage(ben);
  await closeBrowser();
});

test('the page asks for the workbook on a visit and says so', async () => {
  await eventually(() => assert.ok(ben.said.includes('✅ Excel sync successful'), ben.said.join('\n')));
});

test('an edit elsewhere shows by itself; cell, selection and half-typed text stay', async () => {
  await clickCell(ana, 1, 'Notes');
  await ana.keyboard.type('half a sen');
  await clickCell(ben, 1, 'Status');
  await ben.keyboard.type('done');
  await ben.keyboard.press('Enter');
  await clickCell(ben, 0, 'Shot');
  await ben.keyboard.press('Control+-'); // a row above the one that is being typed in
  const shown = await cellAt(ana, 0, 'Status');
  await eventually(async () => assert.equal(await shown.innerText(), 'done'));
  await ana.keyboard.type('tence');
  await ana.keyboard.press('Enter');
  await saved(ana);
  const entries = await entriesOf(ana, episode);
  assert.deepEqual(entries.map((one) => one.shot), ['9001', '9002', '9003']);
  assert.deepEqual([entries[0].status, entries[0].notes], ['done', 'half a sentence']);
});

test('an edit in Excel shows by itself', async () => {
  const [entry] = await entriesOf(ana, episode);
  const text = `from Excel ${Date.now()}`;
  await editInExcel(ana, { id: entry.id, key: entry.shot, column: 'notes', header: 'notes', text });
  const shown = await cellAt(ana, 0, 'Notes');
  await eventually(async () => assert.equal(await shown.innerText(), text));
});

test('two people edit one cell: the later one sees both values and decides', async () => {
  const [, entry] = await entriesOf(ana, episode);
  let isFirst = true;
  await ana.route('**/api/production-data', async (route) => {
    // Ben is quicker: his edit is in the program before Ana's request arrives there.
    if (route.request().method() === 'PATCH' && isFirst) {
      isFirst = false;
      await ask(ben, 'PATCH', `/api/production-data/${entry.id}`, { status: 'his' });
    }
    await route.continue();
  });
  await clickCell(ana, 1, 'Status');
  await ana.keyboard.type('hers');
  await ana.keyboard.press('Enter');
  await clickCell(ana, 1, 'Status');
  await ana.getByText('wrote “his” meanwhile').waitFor();
  assert.equal(await (await cellAt(ana, 1, 'Status')).innerText(), 'hers');
  await ana.getByRole('button', { name: 'Write mine' }).click();
  await saved(ana);
  assert.equal((await entriesOf(ana, episode))[1].status, 'hers');
  await ana.unroute('**/api/production-data');
  ana.troubles = ana.troubles.filter((one) => !/412/.test(one)); // the browser logs every 412
});

test('without the program: edits are kept and said so, and arrive once it is back', async () => {
  await ana.route('**/api/**', (route) => route.abort());
  await clickCell(ana, 2, 'Status');
  await ana.keyboard.type('offline');
  await ana.keyboard.press('Enter');
  await ana.getByText('You are offline: 1 kept here').waitFor();
  await ana.unroute('**/api/**');
  await ana.getByText('You are offline').waitFor({ state: 'detached' });
  await saved(ana);
  assert.equal((await entriesOf(ana, episode))[2].status, 'offline');
  ana.troubles = ana.troubles.filter((one) => !/ERR_FAILED/.test(one));
});

test('a live row that belongs elsewhere in the order waits for "arrange again"', async () => {
  // Listening begins once the whole list is there; what comes earlier stands in its place at once.
  const listening = ana.waitForResponse((answer) => answer.url().includes('/api/events'));
  await ana.goto(`${new URL(ana.url()).origin}${path}&sort=shot`);
  await ana.getByRole('gridcell').first().waitFor();
  await listening;
  const [entry] = await entriesOf(ben, episode);
  await ask(ben, 'PATCH', `/api/production-data/${entry.id}`, { shot: '9999' });
  const first = await cellAt(ana, 0, 'Shot');
  await eventually(async () => assert.equal(await first.innerText(), '9999'));
  await ana.getByRole('button', { name: '1 row moved' }).click();
  await eventually(async () => assert.equal(await first.innerText(), '9002'));
});

if (is_mock) {
  test('a value that Excel replaced is shown with both values, and put back', async () => {
    const [entry] = await entriesOf(ana, episode);
    const cells = { status: 'by Excel' };
    await ask(ben, 'POST', '/mock/excel', { id: entry.id, cells, over: true });
    const row = 2; // sorted by shot: 9999 is the last
    const cell = await cellAt(ana, row, 'Status');
    await eventually(async () => assert.match((await cell.getAttribute('class')) ?? '', /is-overwritten/));
    await cell.click();
    await ana.getByText('Excel’s value by Anna replaced').waitFor();
    await ana.getByRole('button', { name: /^Put / }).click();
    await saved(ana);
    assert.equal((await entriesOf(ana, episode))[0].status, entry.status);
  });
}

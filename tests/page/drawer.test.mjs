// The drawer of an entry: what happened to it, one cell's history alone, a value put back, a whole
// save taken back on all its rows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  ask, clickCell, closeBrowser, closePage, entriesOf, eventually, inWorkbook, is_mock, makeRows,
  openBrowser, openPage, paste, saved,
} from './harness.mjs';

const real = { skip: is_mock };
const episode = `Drawer ${Date.now().toString(36)}`;
let page;

before(async () => {
  await openBrowser();
  page = await openPage();
  await makeRows(page, episode, 2);
});

after(async () => {
  for (const { id } of await entriesOf(page, episode)) {
    await ask(page, 'DELETE', '/api/production-data', { ids: [id] });
  }
  await closePage(page);
  await closeBrowser();
});

const cells = async () => (await entriesOf(page, episode)).map((one) => [one.week_yyyymmdd, one.status, one.notes]);

test('history of a cell, "put back", and a paste undone as a whole, with the keyboard', real, async () => {
  await clickCell(page, 0, 'Status');
  await page.keyboard.type('first');
  await page.keyboard.press('Enter');
  await saved(page);
  await clickCell(page, 0, 'Week');
  await paste(page, '20260112\tsecond\tx\r\n20260112\tsecond\ty');
  await saved(page);
  await clickCell(page, 0, 'Status');
  await page.keyboard.press('Space');
  const drawer = page.getByRole('complementary');
  const lines = drawer.locator('ol.log > li');
  await eventually(async () => assert.equal(await lines.count(), 3));
  await lines.first().getByText('Notes: “note 0” → “x”').waitFor();
  await drawer.getByRole('checkbox', { name: 'Only Status' }).check();
  await lines.first().getByRole('button', { name: 'Put “first” back' }).press('Enter');
  await saved(page);
  await eventually(async () => assert.deepEqual(await cells(), [['20260112', 'first', 'x'], ['20260112', 'second', 'y']]));
  await eventually(async () => assert.equal(await lines.count(), 4));
  await lines.nth(1).getByRole('button', { name: 'Undo this save as a whole' }).press('Enter');
  // What was changed since stays as it is.
  await eventually(async () => assert.deepEqual(await cells(), [['20260105', 'first', 'note 0'], ['20260105', 'wip', 'note 1']]));
  await inWorkbook(episode, [['first', 'note 0'], ['wip', 'note 1']]);
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
});

test('Space opens and closes it, F6 goes into it and back, Escape leaves it', async () => {
  const drawer = page.getByRole('complementary');
  const grid = page.getByRole('grid');
  const hasFocus = (one) => one.evaluate((element) => element.contains(document.activeElement));
  await clickCell(page, 0, 'Shot');
  await page.keyboard.press('Space');
  await drawer.waitFor();
  await page.keyboard.press('Space');
  await drawer.waitFor({ state: 'detached' });
  await page.keyboard.press('Space');
  await drawer.getByLabel('Animator').waitFor();
  await page.keyboard.press('F6');
  assert.ok(await hasFocus(drawer));
  await page.keyboard.press('F6');
  assert.ok(await hasFocus(grid));
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  assert.ok(await hasFocus(grid));
});

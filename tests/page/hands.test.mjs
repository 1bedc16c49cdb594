// Hands on the grid: the fill handle, a pull that scrolls, a finger that rests, and the keys that
// write many cells or select much at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  ask, cellAt, clickCell, closeBrowser, closePage, entriesOf, eventually, inWorkbook, makeRows,
  openBrowser, openPage, saved,
} from './harness.mjs';

const episode = `Hands ${Date.now().toString(36)}`;
const path = `/?q=${encodeURIComponent(`episode="${episode}"`)}`;
let page;

before(async () => {
  await openBrowser();
  page = await openPage();
  await makeRows(page, episode, 20);
  const below = Array.from({ length: 10 }, (_, i) => ({
    animator: 'Ana Duarte', project_type: 'Series', episode_title: episode, scene: '90',
    shot: `${9020 + i}`, week_yyyymmdd: '20260105', status: 'wip', notes: `note ${20 + i}`,
  }));
  await ask(page, 'POST', '/api/production-data', below);
  await eventually(async () => assert.equal(await page.getByRole('grid').getAttribute('aria-rowcount'), '31'));
});

after(async () => {
  for (const { id } of await entriesOf(page, episode)) {
    await ask(page, 'DELETE', '/api/production-data', { ids: [id] });
  }
  await closePage(page);
  await closeBrowser();
});

const column = async (name) => (await entriesOf(page, episode)).map((entry) => entry[name]);
const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];
const selected = (on) => on.locator('[role=gridcell][aria-selected=true]').count();

test('the handle at the corner repeats what is selected', async () => {
  await clickCell(page, 0, 'Status');
  await page.keyboard.type('a');
  await page.keyboard.press('Enter');
  await page.keyboard.type('b');
  await page.keyboard.press('Enter');
  await clickCell(page, 0, 'Status');
  await page.keyboard.press('Shift+ArrowDown');
  const handle = await page.locator('.grid-fill').boundingBox();
  await page.mouse.move(...middle(handle));
  await page.mouse.down();
  await page.mouse.move(...middle(await (await cellAt(page, 5, 'Status')).boundingBox()), { steps: 5 });
  await page.mouse.up();
  await saved(page);
  assert.deepEqual((await column('status')).slice(0, 7), ['a', 'b', 'a', 'b', 'a', 'b', 'wip']);
  await page.keyboard.press('Control+Z');
  await saved(page);
  await eventually(async () => assert.deepEqual((await column('status')).slice(1, 4), ['b', 'wip', 'wip']));
});

test('a pull below the edge scrolls and selects on', async () => {
  await page.keyboard.press('Control+Home');
  await page.mouse.move(...middle(await (await cellAt(page, 0, 'Notes')).boundingBox()));
  await page.mouse.down();
  const { y, height } = await page.getByRole('grid').boundingBox();
  await page.mouse.move(900, y + height + 30, { steps: 5 });
  // the cell may be drawn only once it was scrolled to
  await eventually(async () => assert.equal(await (await cellAt(page, 29, 'Notes')).getAttribute('aria-selected'), 'true'));
  await page.mouse.up();
  await page.keyboard.press('Control+C');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(text.split('\r\n').length, 30);
});

test('keys: Ctrl+Enter fills the range, Ctrl+R to the right, Ctrl+; is this week’s Monday', async () => {
  await page.keyboard.press('Control+Home');
  await clickCell(page, 2, 'Notes');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.type('for all');
  await page.keyboard.press('Control+Enter');
  await clickCell(page, 3, 'Week');
  await page.keyboard.press('Control+;');
  await saved(page);
  const entries = await entriesOf(page, episode);
  assert.deepEqual(entries.slice(1, 6).map((entry) => entry.notes), ['note 1', 'for all', 'for all', 'for all', 'note 5']);
  const monday = await page.evaluate(() => {
    const day = new Date();
    day.setDate(day.getDate() - ((day.getDay() + 6) % 7));
    return `${day.getFullYear()}${String(day.getMonth() + 1).padStart(2, '0')}${String(day.getDate()).padStart(2, '0')}`;
  });
  assert.equal(entries[3].week_yyyymmdd, monday);
  await clickCell(page, 4, 'Scene');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Control+R');
  await saved(page);
  assert.deepEqual((await entriesOf(page, episode))[4].shot, '90');
  await page.keyboard.press('Control+Z');
  await saved(page);
  await inWorkbook(episode, (await entriesOf(page, episode)).map((one) => [one.shot, one.notes]));
});

test('keys: a row, a column, everything', async () => {
  await page.keyboard.press('Control+Home');
  await clickCell(page, 1, 'Status');
  await page.keyboard.press('Shift+Space');
  assert.ok((await selected(page)) > 6);
  await page.keyboard.press('Escape');
  await clickCell(page, 1, 'Status');
  await page.keyboard.press('Control+Space');
  await page.keyboard.press('Control+C');
  const one = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(one.split('\r\n').length, 30);
  assert.ok(!one.includes('\t'));
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Control+C');
  const all = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(all.split('\r\n')[0].split('\t').length >= 8);
});

test('a finger that rests begins a range; one that moves at once scrolls', async () => {
  const phone = await openPage({ path, viewport: { width: 390, height: 844 }, hasTouch: true });
  const session = await phone.context().newCDPSession(phone);
  const touch = (type, points) => session.send('Input.dispatchTouchEvent', { type, touchPoints: points });
  const at = async (row) => {
    const [x, y] = middle(await (await cellAt(phone, row, 'Shot')).boundingBox());
    return [{ x, y }];
  };
  const start = await at(1);
  await touch('touchStart', start);
  const held = await cellAt(phone, 1, 'Shot');
  await eventually(async () => assert.equal(await held.getAttribute('aria-selected'), 'true'));
  const end = await at(4);
  await touch('touchMove', end);
  await touch('touchEnd', []);
  await eventually(async () => assert.equal(await selected(phone), 4));
  const top = () => phone.locator('.grid').evaluate((grid) => grid.scrollTop);
  assert.equal(await top(), 0);
  const [from] = await at(8);
  // All at once: on a busy machine a pause between them would be a finger that rests.
  const moves = [1, 2, 3, 4, 5, 6].map((i) => [{ x: from.x, y: from.y - 25 * i }]);
  // Where the machine itself makes a pause, the finger has rested: then once more.
  await eventually(async () => {
    await Promise.all([
      touch('touchStart', [from]), ...moves.map((points) => touch('touchMove', points)), touch('touchEnd', []),
    ]);
    assert.ok((await top()) > 20);
  });
  await closePage(phone);
});

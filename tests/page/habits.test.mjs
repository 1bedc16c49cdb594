// Small habits that people bring from Excel or learn on the first day, each in the real program: what
// undo says when somebody was quicker, rows that wait to be sorted again, columns pulled elsewhere,
// pictures that stay in sight, views of the team, times of one's own zone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  ask, base, cellAt, clickCell, closeBrowser, closePage, entriesOf, eventually, inWorkbook, is_mock,
  makeRows, openBrowser, openPage, paste, saved,
} from './harness.mjs';
import { runFile, sql } from './program.mjs';

const real = { skip: is_mock };
const episode = `Habits ${Date.now().toString(36)}`;
const path = `/?q=${encodeURIComponent(`episode="${episode}"`)}`;
let page;

before(async () => {
  await openBrowser();
  page = await openPage();
  await makeRows(page, episode, 8);
});

after(async () => {
  for (const { id } of await entriesOf(page, episode)) {
    await ask(page, 'DELETE', '/api/production-data', { ids: [id] });
  }
  await closePage(page);
  await closeBrowser();
});

/** Somebody else: the demo's token writes under a name of its own. */
async function elsewhere(id, cells) {
  const answer = await fetch(`${base}/api/production-data/${id}`, {
    method: 'PATCH',
    headers: { Authorization: `Bearer ${runFile().api_token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(cells),
  });
  assert.equal(answer.status, 200);
}

const message = () => page.locator('.statusbar .message').innerText();

test('undo leaves alone what somebody changed since, says who and when, and Restore insists', real, async () => {
  const [{ id, status: first }] = await entriesOf(page, episode);
  await clickCell(page, 0, 'Status');
  await page.keyboard.type('mine');
  await page.keyboard.press('Enter');
  await saved(page);
  await elsewhere(id, { status: 'theirs' });
  const cell = await cellAt(page, 0, 'Status');
  await eventually(async () => assert.equal(await cell.innerText(), 'theirs'));
  await page.keyboard.press('Control+Z');
  await eventually(async () => assert.match(await message(), /^Not undone: demo changed it at \d\d:\d\d$/));
  assert.equal((await entriesOf(page, episode))[0].status, 'theirs');
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  await saved(page);
  await eventually(async () => assert.equal((await entriesOf(page, episode))[0].status, first));
});

test('a paste says how much came and how much is refused', async () => {
  await clickCell(page, 1, 'Week');
  await paste(page, '20260105\tdone\tn1\r\nsoon\twip\tn2');
  await eventually(async () => assert.equal(await message(), '6 cells pasted, 1 refused'));
  await clickCell(page, 2, 'Week');
  await page.getByRole('button', { name: 'Discard my text' }).click();
});

test('Enter after a run of Tabs goes back to where the run began', async () => {
  await clickCell(page, 3, 'Week');
  await page.keyboard.type('20260112');
  await page.keyboard.press('Tab');
  await page.keyboard.type('wip');
  await page.keyboard.press('Tab');
  await page.keyboard.type('after tabs');
  await page.keyboard.press('Enter');
  const next = await cellAt(page, 4, 'Week');
  await eventually(async () => assert.match(await next.getAttribute('class'), /is-active/));
  await saved(page);
  const entry = (await entriesOf(page, episode))[3];
  assert.deepEqual([entry.week_yyyymmdd, entry.status, entry.notes], ['20260112', 'wip', 'after tabs']);
  await inWorkbook(episode, (await entriesOf(page, episode)).map((one) => [one.shot, one.notes ?? '']));
});

test('Ctrl++ adds a row that begins like the one before; its shot is typed at once', async () => {
  await clickCell(page, 5, 'Notes');
  await page.keyboard.press('Control+Shift++');
  await page.locator('[role=rowheader].is-draft').waitFor();
  await page.keyboard.type('90');
  await page.keyboard.press('Tab');
  await page.keyboard.type('9050');
  await page.keyboard.press('Enter');
  await saved(page);
  const made = await eventually(async () => {
    const found = (await entriesOf(page, episode)).find((one) => one.shot === '9050');
    assert.ok(found);
    return found;
  });
  assert.deepEqual([made.animator, made.project_type, made.scene], ['Ana Duarte', 'Series', '90']);
  await ask(page, 'DELETE', '/api/production-data', { ids: [made.id] });
});

test('rows that others moved wait: "3 rows moved · sort again"', real, async () => {
  const own = await openPage();
  await own.goto('about:blank'); // so that only the next page is waited for
  const listening = own.waitForResponse((answer) => answer.url().includes('/api/events'));
  await own.goto(`${base}${path}&sort=shot`);
  await own.getByRole('gridcell').first().waitFor();
  await listening;
  const entries = await entriesOf(page, episode);
  for (const { id, shot } of entries.slice(0, 3)) await elsewhere(id, { shot: `99${shot.slice(2)}` });
  const first = await cellAt(own, 0, 'Shot');
  await eventually(async () => assert.equal(await first.innerText(), '9900'));
  await own.getByRole('button', { name: '3 rows moved · sort again' }).click();
  await eventually(async () => assert.equal(await first.innerText(), '9003'));
  for (const { id, shot } of entries.slice(0, 3)) await elsewhere(id, { shot });
  await closePage(own);
});

test('rows that come and go above leave cell, place on the screen and half-typed text', real, async () => {
  const above = Array.from({ length: 40 }, (_, i) => ({
    animator: 'Ana Duarte', project_type: 'Series', episode_title: `${episode} long`, scene: '91',
    shot: `91${String(i).padStart(2, '0')}`, week_yyyymmdd: '20260105', status: 'wip', notes: `row ${i}`,
  }));
  const made = (await ask(page, 'POST', '/api/production-data', above)).json.data;
  const own = await openPage({ path: `/?q=${encodeURIComponent(`episode="${episode} long"`)}` });
  await eventually(async () => assert.equal(await own.getByRole('grid').getAttribute('aria-rowcount'), '41'));
  await own.getByRole('grid').focus();
  await own.keyboard.press('Control+End');
  await clickCell(own, 36, 'Notes');
  await own.keyboard.type('half a sen');
  const place = async () => Math.round((await own.locator('.grid-editor').boundingBox()).y);
  const y = await place();
  for (const { id } of made.slice(0, 5)) await ask(page, 'DELETE', '/api/production-data', { ids: [id] });
  await eventually(async () => assert.equal(await own.getByRole('grid').getAttribute('aria-rowcount'), '36'));
  assert.ok(Math.abs((await place()) - y) <= 1, `${y} → ${await place()}`);
  await own.keyboard.type('tence');
  await own.keyboard.press('Enter');
  await saved(own);
  assert.equal((await entriesOf(page, `${episode} long`)).find((one) => one.shot === '9136').notes, 'half a sentence');
  await closePage(own);
  sql(`delete from production_summary where episode_title = '${episode} long'`);
});

test('a heading pulled onto another takes its place', async () => {
  const own = await openPage({ path });
  const heading = (key) => own.locator(`[data-column=${key}]`).boundingBox();
  const [from, to] = [await heading('status'), await heading('project_type')];
  await own.mouse.move(from.x + 20, from.y + 10);
  await own.mouse.down();
  await own.mouse.move(to.x + 20, to.y + 10, { steps: 5 });
  await own.mouse.up();
  const order = () => own.locator('[data-column]').evaluateAll((all) => all.map((one) => one.dataset.column));
  await eventually(async () => assert.deepEqual((await order()).slice(0, 3), ['animator', 'status', 'project_type']));
  assert.equal(await own.locator('[aria-sort=ascending]').count(), 0, 'a pull is no press');
  await closePage(own);
});

test('a view for the team is there for others', real, async () => {
  const own = await openPage({ path });
  await own.getByRole('button', { name: 'Views' }).click();
  await own.getByLabel('Name of the view').fill(`Team ${episode}`);
  await own.getByRole('checkbox', { name: 'For the whole team' }).check();
  await own.getByRole('button', { name: 'Save view' }).click();
  await own.getByRole('button', { name: `Team ${episode}`, exact: true }).waitFor();
  const other = await openPage();
  await other.getByRole('button', { name: 'Views' }).click();
  await other.getByRole('button', { name: `Team ${episode}`, exact: true }).click();
  await eventually(async () => assert.equal(await other.getByRole('grid').getAttribute('aria-rowcount'), '9'));
  await closePage(other);
  await own.getByRole('button', { name: `Remove: Team ${episode}` }).click();
  await own.getByRole('button', { name: `Team ${episode}`, exact: true }).waitFor({ state: 'detached' });
  await closePage(own);
});

test('pictures stand beside the row number, stay in sight, and grow under the pointer', real, async () => {
  const own = await openPage({ viewport: { width: 900, height: 700 } });
  const still = own.locator('.grid-rowhead .still').first();
  await still.waitFor();
  const { x } = await still.boundingBox();
  await own.locator('.grid').evaluate((grid) => (grid.scrollLeft = 400));
  const scene = own.getByRole('columnheader', { name: 'Scene', exact: true });
  await eventually(async () => assert.ok((await scene.boundingBox()).x < 250));
  assert.equal((await still.boundingBox()).x, x);
  await still.hover();
  const film = own.locator('.preview .film');
  await film.waitFor();
  const { width, height } = await film.boundingBox();
  assert.ok(width > 300);
  await film.hover({ position: { x: width * 0.75, y: height / 2 } });
  await eventually(async () => assert.match(await film.getAttribute('aria-label'), /picture 8 of 10/));
  await own.mouse.move(890, 690);
  await film.waitFor({ state: 'detached' });
  await own.getByRole('button', { name: 'Columns' }).click();
  await own.getByRole('checkbox', { name: 'Pictures beside the row numbers' }).uncheck();
  await own.getByRole('button', { name: 'Close' }).click();
  assert.equal(await still.count(), 0);
  await closePage(own);
});

test('times are those of the viewer’s zone', real, async () => {
  const tokyo = await openPage({ timezoneId: 'Asia/Tokyo' });
  await eventually(async () => {
    const { json } = await ask(tokyo, 'GET', '/api/sync/status');
    const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Tokyo' });
    const wanted = clock.format(new Date(json.equalAsOf ?? json.lastSyncAt));
    assert.ok((await tokyo.locator('.pill').innerText()).includes(`In sync ${wanted}`));
  });
  await closePage(tokyo);
});

test('footage: below a number it is marked, beside each bar stands the target', real, async () => {
  const own = await openPage({ path: '/footage' });
  const people = own.getByRole('table', { name: 'People and weeks' });
  const head = people.locator('tbody th').first();
  await head.waitFor();
  const { json } = await ask(own, 'GET', '/api/summary');
  const lines = json.data.weeks.filter((line) => line.frames > 0);
  const { animator } = lines[0];
  const target = { animator, from_yyyymmdd: '20200106', frames_per_week: 1_000_000 };
  await ask(own, 'PUT', '/api/targets', { targets: [target] });
  await own.reload();
  const row = people.getByRole('row').filter({ has: own.getByRole('rowheader', { name: animator, exact: true }) });
  await row.locator('.amount line').first().waitFor({ state: 'attached' });
  assert.ok((await row.locator('td.below').count()) > 0, 'below the target');
  await own.getByLabel('Highlight below').fill('1');
  await eventually(async () => assert.equal(await row.locator('td.below', { hasText: /[1-9]/ }).count(), 0));
  await own.getByLabel('Highlight below').fill('999999');
  await eventually(async () => {
    const numbers = await people.locator('tbody td .amount').count();
    assert.equal(await people.locator('tbody td.below .amount').count(), numbers);
  });
  await ask(own, 'PUT', '/api/targets', { targets: [{ ...target, frames_per_week: 0 }] });
  await closePage(own);
});

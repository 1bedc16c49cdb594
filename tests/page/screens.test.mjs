// The screens around the grid, as people use them: columns, views, who is here, commands, quick
// entry without a network, footage, import and export, settings.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { layCable } from './cable.mjs';
import {
  ask, base, cellAt, clickCell, closeBrowser, closePage, entriesOf, eventually, filterBy, inWorkbook,
  is_mock, makeRows, openBrowser, openPage, saved,
} from './harness.mjs';
import { sql } from './program.mjs';

const real = { skip: is_mock };
const episode = `Screens ${Date.now().toString(36)}`;
const path = `/?q=${encodeURIComponent(`episode="${episode}"`)}`;
let page;

before(async () => {
  await openBrowser();
  page = await openPage();
  await makeRows(page, episode, 3);
});

after(async () => {
  for (const { id } of await entriesOf(page, episode)) {
    await ask(page, 'DELETE', '/api/production-data', { ids: [id] });
  }
  await closePage(page);
  await closeBrowser();
});

test('columns: hidden, moved and widened; a reload keeps it', async () => {
  const own = await openPage({ path });
  await own.getByRole('button', { name: 'Columns' }).click();
  await own.getByRole('checkbox', { name: 'Animator' }).uncheck();
  await own.getByRole('button', { name: 'Move forward: Status' }).click();
  await own.getByRole('spinbutton', { name: 'Width: Notes' }).fill('300');
  await own.getByRole('spinbutton', { name: 'Width: Notes' }).press('Tab');
  await own.getByLabel('Row height').selectOption('64');
  await own.getByRole('button', { name: 'Close' }).click();
  const heads = () => own.locator('[role=columnheader][data-column]').evaluateAll((all) => all.map((one) => one.dataset.column));
  const expected = ['project_type', 'episode_title', 'scene', 'shot', 'status', 'week_yyyymmdd', 'notes'];
  assert.deepEqual((await heads()).slice(0, 7), expected);
  await own.reload();
  await own.getByRole('gridcell').first().waitFor();
  assert.deepEqual((await heads()).slice(0, 7), expected);
  const box = await (await cellAt(own, 0, 'Notes')).boundingBox();
  assert.deepEqual([Math.round(box.width), Math.round(box.height)], [300, 64]);
  const grip = await own.locator('[data-column=notes] .grid-grip').boundingBox();
  await own.mouse.move(grip.x + 3, grip.y + 5);
  await own.mouse.down();
  await own.mouse.move(grip.x - 97, grip.y + 5, { steps: 4 });
  await own.mouse.up();
  assert.equal(Math.round((await (await cellAt(own, 0, 'Notes')).boundingBox()).width), 200);
  await closePage(own);
});

test('each term of the filter is a chip that can be taken away; views are kept', async () => {
  const own = await openPage({ path: `/?q=${encodeURIComponent(`episode="${episode}" shot="9001"`)}` });
  assert.equal(await own.getByRole('grid').getAttribute('aria-rowcount'), '2');
  await own.getByRole('button', { name: 'Views' }).click();
  await own.getByLabel('Name of the view').fill('only 9001');
  await own.getByRole('button', { name: 'Save view' }).click();
  await own.getByRole('button', { name: 'only 9001', exact: true }).waitFor();
  await own.keyboard.press('Escape');
  await own.getByRole('button', { name: /^Shot: 9001/ }).click();
  assert.equal(await own.getByRole('grid').getAttribute('aria-rowcount'), '4');
  await own.getByRole('button', { name: 'Views' }).click();
  await own.getByRole('button', { name: 'only 9001', exact: true }).click();
  assert.equal(await own.getByRole('grid').getAttribute('aria-rowcount'), '2');
  await own.waitForURL(/9001/);
  await closePage(own);
});

test('Ctrl+K finds commands, ? shows the keys', async () => {
  const own = await openPage({ path });
  await own.keyboard.press('Control+K');
  await own.getByRole('combobox').waitFor();
  await own.keyboard.type('foot');
  await own.keyboard.press('Enter');
  await own.getByRole('heading', { name: 'Footage' }).waitFor();
  await own.waitForURL(/\/footage$/);
  await own.goBack();
  await own.getByRole('gridcell').first().waitFor();
  await own.getByRole('grid').focus();
  await own.keyboard.press('?');
  await own.getByRole('dialog', { name: 'Keys' }).waitFor();
  await own.keyboard.press('Escape');
  await closePage(own);
});

test('two people: each sees where the other is', async () => {
  const other = await openPage({ path });
  const own = await openPage({ path });
  await clickCell(other, 1, 'Status');
  const cell = await cellAt(own, 1, 'Status');
  await eventually(async () => assert.ok(await cell.getAttribute('data-who')));
  await other.keyboard.press('F2');
  await eventually(async () => assert.ok((await cell.getAttribute('data-who')).length > 2));
  await own.getByRole('group', { name: /^Also here/ }).waitFor();
  await other.goto('about:blank'); // closing a context lets no page say goodbye
  await eventually(async () => assert.equal(await cell.getAttribute('data-who'), null));
  await closePage(other);
  await closePage(own);
});

test('quick entry on a phone: one tap for the next shot; without a network it is kept over a reload and sent once', real, async () => {
  const cable = await layCable(base);
  const phone = await openPage({
    origin: cable.url, path: '/quick', viewport: { width: 390, height: 844 }, hasTouch: true, serviceWorkers: 'allow',
  });
  const shots = async () => (await entriesOf(page, episode)).map((entry) => entry.shot);
  const field = (name) => phone.getByRole('textbox', { name });
  await field('Episode').fill(episode);
  await field('Scene').fill('90');
  await field('Shot').fill('9003');
  await phone.getByRole('button', { name: 'Add shot 9003' }).tap();
  await eventually(async () => assert.deepEqual(await shots(), ['9000', '9001', '9002', '9003']));
  await phone.getByRole('button', { name: 'Add shot 9004' }).tap();
  await eventually(async () => assert.equal((await shots()).length, 5));
  // The worker has the page only after it was loaded once under its eyes.
  await phone.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await phone.reload();
  await phone.getByRole('button', { name: /^Add shot/ }).waitFor();
  cable.pull();
  await phone.context().setOffline(true);
  await field('Episode').fill(episode);
  await field('Scene').fill('90');
  await field('Shot').fill('9005');
  await phone.getByRole('button', { name: 'Add shot 9005' }).tap();
  await phone.getByText('kept here, not sent yet').waitFor();
  await phone.reload();
  await phone.getByText('kept here, not sent yet').waitFor();
  assert.equal((await shots()).length, 5);
  cable.plug();
  await phone.context().setOffline(false);
  await eventually(async () => assert.equal((await shots()).length, 6));
  await phone.reload();
  await phone.getByRole('button', { name: /^Add shot/ }).waitFor();
  assert.deepEqual(await shots(), ['9000', '9001', '9002', '9003', '9004', '9005']);
  phone.troubles = phone.troubles.filter((one) => !/ERR_|FetchEvent|Failed to fetch/.test(one));
  await closePage(phone);
  await cable.close();
});

test('footage equals a SQL sum to the frame, also over the end of a year; the export has the same sums', real, async () => {
  const weeks = ['20201228', '20210103', '20210104', '20261228'];
  const ids = (await entriesOf(page, episode)).slice(0, 4).map((entry) => entry.id);
  for (const [i, id] of ids.entries()) {
    await ask(page, 'PATCH', `/api/production-data/${id}`, { week_yyyymmdd: weeks[i] });
  }
  const total = Number(sql(
    `select coalesce(sum(frames), 0) from (select distinct on (p.project_type, p.episode_title, p.scene, p.shot)
     (s.measurement->>'frames')::bigint frames from production_summary p left join entry_state s on s.entry_id = p.id
     order by p.project_type, p.episode_title, p.scene, p.shot, p.week_yyyymmdd desc, p.id desc) latest`,
  )[0]);
  assert.ok(total > 0);
  const own = await openPage({ path: '/footage' });
  await own.getByLabel('Unit').selectOption('frames');
  const people = own.getByRole('table', { name: 'People and weeks' });
  await people.waitFor();
  const cells = await people.locator('tfoot td').allInnerTexts();
  assert.equal(Number(cells.at(-1).replaceAll(',', '')), total);
  const heads = await people.locator('thead th').allInnerTexts();
  assert.ok(heads.includes('2020-W53') && heads.includes('2021-W01') && heads.includes('2026-W53'), heads.join());
  const download = own.waitForEvent('download');
  await own.getByRole('link', { name: 'Export .xlsx' }).click();
  const file = await (await download).path();
  const script = `
import openpyxl, sys
sheet = openpyxl.load_workbook(open(sys.argv[1], 'rb'), read_only=True).worksheets[0]
print(int(list(sheet.iter_rows(values_only=True))[-1][-1]))`;
  assert.equal(Number(execFileSync('/usr/bin/python3', ['-c', script, file], { encoding: 'utf8' })), total);
  await own.getByRole('table', { name: 'People and weeks' }).getByRole('link').first().click();
  await own.getByRole('gridcell').first().waitFor();
  await own.waitForURL(/animator/);
  await closePage(own);
});

test('footage on a phone: names, totals, averages and the sums of the weeks stay in sight', real, async () => {
  const rows = Array.from({ length: 24 }, (_, i) => ({
    animator: `Phone ${i}`, project_type: 'Series', episode_title: episode, scene: '95', shot: `${i}`,
    week_yyyymmdd: '20260105', status: 'wip',
  }));
  const { json } = await ask(page, 'POST', '/api/production-data', rows);
  const own = await openPage({ path: '/footage', viewport: { width: 390, height: 844 }, hasTouch: true });
  const people = own.getByRole('table', { name: 'People and weeks' });
  await people.getByText('Phone 23').waitFor();
  const isInSight = async (part) => {
    const box = await people.locator(part).first().boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390 && box.y >= 0 && box.y + box.height <= 844, `${part}: ${JSON.stringify(box)}`);
    return box;
  };
  for (const left of [0, 10_000]) {
    await people.locator('..').evaluate((one, to) => (one.scrollLeft = to), left);
    const name = await isInSight('tbody th');
    const total = await isInSight('tbody .stick-last');
    await isInSight('tfoot .stick');
    await isInSight('tfoot .stick-last');
    assert.ok(total.x - name.x - name.width >= 100, 'there is room for a week between them');
    assert.match(await people.locator('tbody .stick-last').first().innerText(), /⌀ 0/);
  }
  await ask(page, 'POST', `/api/changes/${json.batch}/undo`, {});
  await closePage(own);
});

test('planned against measured per episode: from the workbook’s column, or as a producer writes it', real, async () => {
  const of_episode = `where entry_id in (select id from production_summary where episode_title = '${episode}')`;
  sql(`update entry_state set extra = '{"Planned frames": "120"}' ${of_episode}`);
  const own = await openPage({ path: '/footage' });
  await own.getByLabel('Unit').selectOption('frames');
  const row = own.getByRole('table', { name: 'Episodes' }).getByRole('row').filter({ hasText: episode });
  await row.waitFor();
  const texts = async () => (await row.locator('td, th').allInnerTexts()).map((text) => text.trim());
  const shots = Number((await texts())[2]);
  const [planned] = sql(
    `select sum(plan) from (select distinct on (p.scene, p.shot) (s.extra->>'Planned frames')::int plan
     from production_summary p join entry_state s on s.entry_id = p.id where p.episode_title = '${episode}'
     order by p.scene, p.shot, p.week_yyyymmdd desc, p.id desc) latest`,
  );
  assert.equal(planned, String(120 * shots));
  assert.deepEqual((await texts()).slice(4), [Number(planned).toLocaleString('en'), '0', `−${Number(planned).toLocaleString('en')} 0 %`]);
  const field = own.getByRole('textbox', { name: `Target of ${episode}` });
  await field.focus();
  await own.keyboard.type('soon');
  await own.keyboard.press('Tab');
  await own.getByRole('alert').getByText('Write a length').waitFor();
  await field.focus();
  await own.keyboard.press('Control+A');
  await own.keyboard.type('1:02+12');
  const answer = own.waitForResponse((response) => response.request().method() === 'PUT');
  await own.keyboard.press('Tab');
  assert.equal((await answer).status(), 200);
  // at the rate of what was measured elsewhere; 24 where nothing was
  const frames = await eventually(async () => {
    const { json } = await ask(own, 'GET', '/api/summary');
    const line = json.data.episodes.find((one) => one.episode_title === episode);
    assert.ok(line.target_frames > 0);
    return line.target_frames;
  });
  await own.reload();
  await own.getByLabel('Unit').selectOption('time');
  await eventually(async () => assert.equal(await field.inputValue(), '01:02+12'));
  assert.ok((await texts())[6].startsWith('−01:02+12'), (await texts())[6]);
  const download = own.waitForEvent('download');
  await own.getByRole('link', { name: 'Export .xlsx' }).click();
  const script = `
import json, openpyxl, sys
rows = openpyxl.load_workbook(open(sys.argv[1], 'rb'), read_only=True).worksheets[1].iter_rows(values_only=True)
print(json.dumps(next(row[5:] for row in rows if row[1] == sys.argv[2])))`;
  const told = execFileSync('/usr/bin/python3', ['-c', script, await (await download).path(), episode], { encoding: 'utf8' });
  assert.deepEqual(JSON.parse(told), [shots, Number(planned), frames, -frames]);
  await field.fill('');
  await field.press('Tab');
  await eventually(async () => assert.equal(await field.inputValue(), ''));
  // a target is of the whole episode: with a range of weeks there is none to write
  await own.getByLabel('From').fill('2020-01-06');
  await eventually(async () => assert.equal(await field.count(), 0));
  await closePage(own);
});

test('an export imports again as 0 changes; a changed copy shows each cell and is one undo', real, async () => {
  const own = await openPage({ path: '/import' });
  for (const name of ['Export .xlsx', 'Export .csv']) {
    const download = own.waitForEvent('download');
    await own.getByRole('link', { name }).click();
    const arrived = await download;
    const buffer = readFileSync(await arrived.path());
    await own.getByLabel('A workbook').setInputFiles({ name: arrived.suggestedFilename(), mimeType: 'application/octet-stream', buffer });
    await own.getByText('0 changes').waitFor();
  }
  const [first] = await entriesOf(page, episode);
  const text = [
    'Episode,Scene,Shot,Status,Notes',
    `${episode},90,9000,imported,"two\nlines"`,
    `${episode},91,9100,new,`,
  ].join('\r\n');
  await own.getByLabel('A workbook').setInputFiles({ name: 'part.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await own.getByText('1 new · 1 changed').waitFor();
  await own.getByRole('button', { name: 'Write 2 rows' }).click();
  await own.getByText('2 rows written').waitFor();
  const after_import = await entriesOf(page, episode);
  assert.deepEqual([after_import[0].status, after_import[0].notes], ['imported', 'two\nlines']);
  await inWorkbook(episode, after_import.map((entry) => [entry.shot, entry.status]));
  await own.getByRole('button', { name: 'Undo the import' }).click();
  await eventually(async () => {
    const now = await entriesOf(page, episode);
    assert.deepEqual([now[0].status, now.length], [first.status, after_import.length - 1]);
  });
  const bad = `Episode,Scene,Shot,Week\n${episode},90,,yesterday\n`;
  await own.getByLabel('A workbook').setInputFiles({ name: 'bad.csv', mimeType: 'text/csv', buffer: Buffer.from(bad) });
  await own.getByText('Row 2: Shot may not be blank').waitFor();
  assert.ok(await own.getByRole('button', { name: 'Write 0 rows' }).isDisabled());
  await closePage(own);
});

test('settings: a status of the list is offered, a target is drawn, a token works', real, async () => {
  const own = await openPage({ path: '/settings' });
  await own.getByLabel('New status').fill('Polish');
  await own.locator('form', { has: own.getByLabel('New status') }).getByRole('button', { name: 'Add' }).click();
  await own.getByRole('checkbox', { name: 'Means finished: Polish' }).check();
  await own.getByRole('textbox', { name: 'Name' }).first().fill('script');
  await own.getByRole('button', { name: 'Make a token' }).click();
  const token = await own.locator('[role=status] code').first().innerText();
  const answer = await fetch(`${new URL(own.url()).origin}/api/production-data?limit=1`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  await own.getByRole('link', { name: 'Shots' }).click();
  await filterBy(own, `episode="${episode}"`);
  await clickCell(own, 0, 'Status');
  await own.keyboard.type('Pol');
  await own.getByRole('option', { name: 'Polish' }).waitFor();
  await own.keyboard.press('Alt+ArrowDown');
  await own.keyboard.press('Enter');
  await saved(own);
  assert.equal((await entriesOf(page, episode))[0].status, 'Polish');
  // It means finished, and nothing was delivered: the page says so.
  const status = await cellAt(own, 0, 'Status');
  await eventually(async () => assert.match(await status.getAttribute('title'), /no file was delivered/));
  await closePage(own);
});

test('media: a render from before the last retake is not what was asked for', real, async () => {
  const shot = await eventually(async () => {
    const { json } = await ask(page, 'GET', '/api/production-data');
    const found = json.data.find((row) => row.media && row.doubts.length === 0 && /^(approved|final)$/i.test(row.status));
    assert.ok(found, 'a finished shot with a whole render');
    return found;
  });
  const own = await openPage({ path: '/media' });
  await own.getByLabel('Filter shots').fill(`${shot.episode_title} ${shot.scene} ${shot.shot}`);
  const reason = own.getByText('the file is older than the last retake');
  assert.equal(await reason.count(), 0);
  for (const status of ['Retake', shot.status]) {
    const { status: code } = await ask(page, 'PATCH', `/api/production-data/${shot.id}`, { status });
    assert.equal(code, 200);
  }
  await reason.first().waitFor();
  await closePage(own);
});

test('media: what is missing and what only claims to be finished', real, async () => {
  const own = await openPage({ path: '/media' });
  const group = own.getByRole('button', { name: /^Finished, but/ });
  await group.click();
  await own.getByText('no file was delivered').first().waitFor();
  await own.waitForURL(/group=claimed/);
  await own.reload();
  assert.equal(await group.getAttribute('aria-pressed'), 'true');
  await closePage(own);
});

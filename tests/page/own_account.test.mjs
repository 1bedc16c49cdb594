// Settings that are one's own or the team's: where one is signed in, and what imports have learned.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  ask, closeBrowser, closePage, entriesOf, eventually, is_mock, makeRows, openBrowser, openPage,
  theBrowser,
} from './harness.mjs';
import { openCloud, startCloud, stopAll } from './program.mjs';

const real = { skip: is_mock };
const episode = `Account ${Date.now().toString(36)}`;

before(openBrowser);
after(async () => {
  await stopAll();
  await closeBrowser();
});

test('sessions: a browser elsewhere is listed, and signed out from here', real, async () => {
  const cloud = await startCloud('page-sessions');
  const [here, there] = [await openCloud(theBrowser(), cloud), await openCloud(theBrowser(), cloud)];
  await here.goto(`${cloud.address}/settings`);
  const rows = here.getByRole('table').filter({ hasText: 'Address' }).locator('tbody tr');
  await eventually(async () => assert.equal(await rows.count(), 2));
  await rows.filter({ hasText: 'this one' }).getByText('Chrome, Linux').waitFor();
  await rows.getByRole('button', { name: 'Sign out' }).click();
  await eventually(async () => assert.equal(await rows.count(), 1));
  await there.reload();
  await there.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.deepEqual(here.troubles, []);
  for (const page of [here, there]) await page.context().close();
  await cloud.stop();
});

test('import: a heading that was assigned by hand is known the next time; settings show and forget it', real, async () => {
  const page = await openPage();
  await makeRows(page, episode, 1);
  await page.goto(new URL('/import', page.url()).href);
  const choose = async (status) => {
    const text = `Episode,Scene,Shot,How far?\n${episode},90,9000,${status}\n`;
    await page.getByLabel('A workbook').setInputFiles({ name: 'part.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  };
  const assigned = page.getByLabel('How far?');
  await choose('far');
  assert.equal(await assigned.inputValue(), '');
  await page.getByText('1 unchanged').waitFor();
  await assigned.selectOption('Status');
  await page.getByText('1 changed').waitFor();
  await page.getByRole('button', { name: 'Write 1 row' }).click();
  await page.getByText('1 row written').waitFor();
  assert.equal((await entriesOf(page, episode))[0].status, 'far');
  await eventually(async () => {
    const { json } = await ask(page, 'GET', '/api/shared');
    assert.equal(json.data.import_columns.howfar, 'status');
  });
  await page.reload();
  await choose('farther');
  await page.getByText('1 changed').waitFor();
  assert.equal(await assigned.inputValue(), 'status');
  await page.goto(new URL('/settings', page.url()).href);
  const learned = page.getByLabel('Column: howfar');
  assert.equal(await learned.inputValue(), 'status');
  await page.getByRole('button', { name: 'Remove: howfar' }).click();
  await learned.waitFor({ state: 'detached' });
  const { json } = await ask(page, 'GET', '/api/shared');
  assert.equal(json.data.import_columns.howfar, undefined);
  for (const { id } of await entriesOf(page, episode)) {
    await ask(page, 'DELETE', '/api/production-data', { ids: [id] });
  }
  await closePage(page);
});

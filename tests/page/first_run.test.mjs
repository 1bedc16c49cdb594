// From an empty database to a synced workbook, one question a screen; each thing that goes wrong on
// the way has its own sentence (acceptance 10).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { closeBrowser, is_mock, openBrowser, theBrowser } from './harness.mjs';
import { freePort, openCloud, start, startCloud, stopAll, studio_key } from './program.mjs';

const options = { skip: is_mock };
let cloud;
let page;
let folder;

before(async () => {
  await openBrowser();
  if (is_mock) return;
  cloud = await startCloud('page-first-run');
  folder = mkdtempSync(join(tmpdir(), 'page-studio-'));
  page = await openCloud(theBrowser(), cloud);
});

after(async () => {
  await page?.context().close();
  await stopAll();
  await cloud?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
  await closeBrowser();
});

function makeWorkbook(rows) {
  const script = `
import json, openpyxl, sys
book = openpyxl.Workbook()
for row in json.loads(sys.argv[2]): book.active.append(row)
book.save(sys.argv[1])`;
  execFileSync('/usr/bin/python3', ['-c', script, join(folder, 'show.xlsx'), JSON.stringify(rows)]);
}

async function local(variables) {
  return start(['local'], {
    PORT: String(await freePort()), DATA_DIR: join(folder, 'data'), MEDIA_ROOT: folder,
    WORKBOOK: join(folder, 'show.xlsx'), WEBHOOK_SECRET: 'webhook-secret-for-tests-01234', ...variables,
  }, folder);
}

const first_question = () => page.getByRole('heading', { name: 'Where is the studio’s workbook?' });

test('first run: the question comes, however late the page hears of the sync', options, async () => {
  const asked = page.waitForEvent('console', (message) => /Excel/.test(message.text()));
  const late = /\/api\/(conflicts|events)/; // it knows nothing of the sync before these have answered
  await page.route(late, (route) => asked.then(() => route.continue()));
  await page.goto(cloud.address);
  await first_question().waitFor();
  await page.unroute(late);
});

test('first run: every wrong turn is told, and then it is in sync', options, async () => {
  const said = (text) => page.locator('.trouble', { hasText: text }).waitFor();
  await first_question().waitFor();
  await said('Nobody has called yet');
  await page.getByText(`RAILWAY_APP_URL=${cloud.address}`).waitFor();

  makeWorkbook([['just'], ['some', 'cells']]);
  const wrong = await local({ RAILWAY_APP_URL: cloud.address, API_SECRET: 'another-key-altogether-0123' });
  await said('another key');
  await wrong.stop();

  const studio = await local({ RAILWAY_APP_URL: cloud.address, API_SECRET: studio_key });
  await page.getByRole('heading', { name: 'Can the workbook be read?' }).waitFor();
  await said(/header/i);
  makeWorkbook([['Scene', 'Shot', 'Status'], ['1', '0010', 'wip']]);
  await said('lacks the columns');
  const heads = ['Animator', 'Type', 'Episode', 'Scene', 'Shot', 'Week', 'Status'];
  const row = (shot) => ['Ana', 'Series', 'E1', '1', shot, '20260105', 'wip'];
  makeWorkbook([heads, row('0010'), row('0020')]);
  await page.getByRole('heading', { name: 'Who else works here?' }).waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Shots', exact: true }).click();
  await page.getByRole('gridcell', { name: '0020' }).waitFor();
  await page.locator('.pill', { hasText: 'In sync' }).waitFor();
  assert.deepEqual(page.troubles, []);
  await studio.stop();
});

// The studio's own page on the local server's port: workbook, link and doctor, for a browser on that
// machine and for nobody else.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  axe_source, closeBrowser, eventually, is_mock, openBrowser, theBrowser, workbook,
} from './harness.mjs';
import { freePort, runFile, start, startLocal, stopLocal, studio_key } from './program.mjs';

const options = { skip: is_mock };
const home = () => runFile().local_url;

before(openBrowser);
after(closeBrowser);

async function visit(path, how = {}) {
  const context = await theBrowser().newContext({ viewport: { width: 1360, height: 760 }, ...how });
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  page.troubles = [];
  page.on('console', (message) => message.type() === 'error' && page.troubles.push(message.text()));
  page.on('request', (one) => {
    if (!/^data:/.test(one.url()) && !one.url().startsWith(home())) page.troubles.push(one.url());
  });
  await page.goto(home() + path);
  return page;
}

async function leave(page) {
  const { troubles } = page;
  await page.context().close();
  assert.deepEqual(troubles, []);
}

for (const colorScheme of ['light', 'dark']) {
  for (const viewport of [{ width: 1360, height: 760 }, { width: 390, height: 844 }]) {
    test(`axe finds nothing: ${colorScheme} ${viewport.width}×${viewport.height}`, options, async () => {
      for (const path of ['/', '/doctor']) {
        const page = await visit(path, { colorScheme, viewport });
        await page.getByRole('main').waitFor();
        const { violations } = await page.evaluate(`${axe_source}; axe.run({ resultTypes: ['violations'] })`);
        assert.deepEqual(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes[0].failureSummary}`), []);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= viewport.width, `${path} is ${width} px wide`);
        await leave(page);
      }
    });
  }
}

test('the workbook and the link, as they are now; with the keyboard to the doctor', options, async () => {
  const page = await visit('/');
  await page.getByText(workbook).waitFor();
  await page.getByText(/In sync \d\d:\d\d UTC/).waitFor();
  await page.getByText(', connected').waitFor();
  const lock = join(dirname(workbook), `.~lock.${basename(workbook)}#`);
  writeFileSync(lock, ',anna,studio-pc,22.11.2026 09:13,file:///profile;');
  try {
    await page.getByText(/Open by .*anna.*: 0 wait/).waitFor();
  } finally {
    if (existsSync(lock)) rmSync(lock);
  }
  await page.getByText(/In sync/).waitFor();
  await page.getByRole('link', { name: 'Check everything' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'What was checked' }).waitFor();
  await page.getByText('API_SECRET opens the cloud’s link'.replace('’', "'")).waitFor();
  await page.getByText(/rows in sheet/).waitFor();
  await leave(page);
});

test('it comes again by itself when local was away', options, async () => {
  const page = await visit('/');
  await page.getByText(/In sync/).waitFor();
  await stopLocal();
  await startLocal();
  await page.reload();
  await eventually(async () => assert.equal(await page.getByText(/In sync/).count(), 1));
  page.troubles = page.troubles.filter((one) => !/ERR_CONNECTION|Failed to load/.test(one));
  await leave(page);
});

const basic = (password) => `Basic ${Buffer.from(`any:${password}`).toString('base64')}`;
const from_afar = { 'X-Forwarded-For': '203.0.113.9' };

function ask(origin, path, headers) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    request({ hostname, port, path, headers }, (answer) => {
      let body = '';
      answer.on('data', (bytes) => (body += bytes));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
    }).on('error', reject).end();
  });
}

test('nobody else sees it: not through a tunnel, not under another name', options, async () => {
  const statusOf = async (path, headers) => (await ask(home(), path, headers)).status;
  for (const path of ['/', '/doctor']) {
    assert.equal(await statusOf(path, {}), 200);
    assert.equal(await statusOf(path, from_afar), 403);
    assert.equal(await statusOf(path, { Host: 'studio.ngrok.app' }), 403);
    // the key of the API is no way in either: only a BIND to other machines makes it one
    const Authorization = basic(runFile().local_api_key);
    assert.equal(await statusOf(path, { ...from_afar, Authorization }), 403);
  }
});

test('opened to other machines with BIND: its password is API_SECRET', options, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'page-open-'));
  const origin = `http://127.0.0.1:${await freePort()}`;
  const local = start(['local'], {
    PORT: new URL(origin).port, BIND: '0.0.0.0', API_SECRET: studio_key,
    RAILWAY_APP_URL: 'http://127.0.0.1:9', DATA_DIR: join(folder, 'data'), WORKBOOK: join(folder, 'show.xlsx'),
  }, folder);
  try {
    await eventually(async () => assert.equal((await ask(origin, '/', {})).status, 200));
    for (const path of ['/', '/doctor']) {
      const asked = await ask(origin, path, from_afar);
      assert.equal(asked.status, 401);
      assert.match(asked.headers['www-authenticate'], /^Basic realm=/);
      assert.ok(!asked.body.includes(folder), asked.body);
      const wrong = ['', 'x', `${studio_key}x`, studio_key.slice(1)].map(basic);
      for (const Authorization of [...wrong, basic('').slice(0, -4), `Bearer ${studio_key}`, 'Basic !']) {
        assert.equal((await ask(origin, path, { ...from_afar, Authorization })).status, 401, Authorization);
      }
    }
    const context = await theBrowser().newContext({
      httpCredentials: { username: 'any', password: studio_key }, extraHTTPHeaders: from_afar,
    });
    context.setDefaultTimeout(90_000);
    const page = await context.newPage();
    await page.goto(origin);
    await page.getByText(join(folder, 'show.xlsx')).waitFor();
    await page.getByText('not connected').waitFor();
    await page.getByRole('link', { name: 'Check everything' }).click();
    await page.getByRole('heading', { name: 'What was checked' }).waitFor();
    await context.close();
    assert.ok(!local.log().includes(studio_key));
  } finally {
    await local.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

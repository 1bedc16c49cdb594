// The task of an animator's day: enter three shots of this week, fix one, see that they are in
// Excel. With the keyboard alone, and with a finger on a phone. PAGE_TRACE=FOLDER records it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  closeBrowser, closePage, entriesOf, eventually, inWorkbook, is_mock, openBrowser, openPage, saved,
} from './harness.mjs';
import { sql } from './program.mjs';

const options = { skip: is_mock };
const episode = `Task ${Date.now().toString(36)}`;

before(openBrowser);
after(async () => {
  if (!is_mock) sql(`delete from production_summary where episode_title = '${episode}'`);
  await closeBrowser();
});

async function traced(page, name, work) {
  const folder = process.env.PAGE_TRACE;
  if (folder) await page.context().tracing.start({ screenshots: true, snapshots: true });
  await work();
  if (folder) await page.context().tracing.stop({ path: join(folder, `${name}.zip`) });
}

/** In the workbook, and the page says so. */
async function areInExcel(page, expected) {
  const entries = await eventually(async () => {
    const found = await entriesOf(page, episode);
    assert.deepEqual(found.map((entry) => [entry.scene, entry.shot, entry.status]), expected);
    return found;
  });
  await inWorkbook(episode, entries.map((entry) => [entry.scene, entry.shot, entry.status]));
  const week = new Date(entries[0].week_yyyymmdd.replace(/(....)(..)(..)/, '$1-$2-$3'));
  assert.ok(Date.now() - week < 7 * 86_400_000 + 43_200_000, entries[0].week_yyyymmdd);
}

test('with the keyboard alone', options, async () => {
  const page = await openPage();
  await traced(page, 'keyboard', async () => {
    for (const shot of ['0010', '0020', '0030']) {
      await page.keyboard.press('Control+K');
      await page.getByRole('combobox').waitFor();
      await page.keyboard.type('add');
      await page.keyboard.press('Enter');
      await page.locator('[role=rowheader].is-draft').waitFor();
      // The new row's scene is active; the episode is two cells to the left.
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.type(episode);
      await page.keyboard.press('Tab');
      await page.keyboard.type('12');
      await page.keyboard.press('Tab');
      await page.keyboard.type(shot);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.type('wip');
      await page.keyboard.press('Enter');
      await saved(page);
      await page.getByText('needs scene and shot').waitFor({ state: 'detached' });
    }
    await page.keyboard.press('Control+F');
    await page.keyboard.type(`episode="${episode}"`);
    await page.getByRole('button', { name: `Episode: ${episode}` }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowDown');
    while (!(await page.locator('[role=gridcell].is-active').innerText()).includes('wip')) await page.keyboard.press('ArrowRight');
    await page.keyboard.type('done');
    await page.keyboard.press('Enter');
    await saved(page);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Space');
    await page.getByText('✓ In Excel').waitFor();
    await page.keyboard.press('Escape');
  });
  await areInExcel(page, [['12', '0010', 'wip'], ['12', '0020', 'done'], ['12', '0030', 'wip']]);
  await closePage(page);
  sql(`delete from production_summary where episode_title = '${episode}'`);
});

test('with a finger on 390×844', options, async () => {
  const page = await openPage({ path: '/', viewport: { width: 390, height: 844 }, hasTouch: true });
  await traced(page, 'phone', async () => {
    await page.getByRole('link', { name: 'Quick entry' }).tap();
    const field = (name) => page.getByRole('textbox', { name });
    await field('Episode').fill(episode);
    await field('Scene').fill('12');
    await field('Shot').fill('0010');
    await field('Status').fill('wip');
    await page.getByRole('button', { name: 'Add shot 0010' }).tap();
    await page.getByRole('button', { name: 'Add shot 0011' }).tap();
    await page.getByRole('button', { name: 'Add shot 0012' }).tap();
    await page.getByRole('combobox', { name: 'Status 0011' }).fill('done');
    await page.getByRole('combobox', { name: 'Status 0011' }).press('Enter');
    await eventually(async () => assert.equal(await page.getByText('✓ In Excel').count(), 3));
  });
  await areInExcel(page, [['12', '0010', 'wip'], ['12', '0011', 'done'], ['12', '0012', 'wip']]);
  await closePage(page);
});

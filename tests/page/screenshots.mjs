// The pictures of the README: node screenshots.mjs FOLDER, with the environment of with_server.sh.
// With the word `all` behind it: every screen, both themes, both sizes, to be looked at.
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ask, base, clickCell, closeBrowser, eventually, openBrowser, openPage } from './harness.mjs';
import { runFile } from './program.mjs';

const folder = process.argv[2];
const bytes_max = 300_000;

async function picture(page, name) {
  const path = join(folder, `${name}.png`);
  await page.mouse.move(0, 0);
  await page.screenshot({ path, animations: 'disabled' });
  const { size } = statSync(path);
  if (size > bytes_max) throw new Error(`${path} has ${size} bytes, more than ${bytes_max}`);
  console.log(`${path} ${size} bytes`);
}

async function settled(page) {
  await eventually(async () => {
    const pill = await page.locator('.pill').innerText();
    if (!/In sync/.test(pill)) throw new Error(`the pill says ${pill}`);
  }, 20_000);
}

await openBrowser();

// A person who has been here before, so that no banner asks for a password.
const first = await openPage();
await ask(first, 'PATCH', '/api/me', {
  name: 'Mina Okafor', email: 'mina@example.org', password: randomUUID(),
});
await first.context().close();

const day = await openPage();
await settled(day);
await clickCell(day, 4, 'Scene');
await clickCell(day, 8, 'Status', { modifiers: ['Shift'] });
await picture(day, 'shots');
await clickCell(day, 2, 'Status');
await day.keyboard.press('Space');
await day.getByRole('complementary').waitFor();
await day.waitForTimeout(500);
await picture(day, 'entry');
await day.context().close();

const night = await openPage({ colorScheme: 'dark' });
await settled(night);
await clickCell(night, 5, 'Status');
await night.locator('.pill').click();
await night.waitForTimeout(500);
await picture(night, 'sync-dark');
await night.context().close();

const phone = await openPage({ viewport: { width: 390, height: 844 }, hasTouch: true });
await settled(phone);
await picture(phone, 'phone');
await phone.context().close();

const footage = await openPage({ path: '/footage' });
const { json } = await ask(footage, 'GET', '/api/summary');
await ask(footage, 'PUT', '/api/targets', {
  targets: [...new Set(json.data.weeks.map((line) => line.animator))].map((animator) => ({
    animator, from_yyyymmdd: '20260105', frames_per_week: 80,
  })),
  episodes: json.data.episodes.map(({ project_type, episode_title, frames }, i) => ({
    project_type, episode_title, frames: Math.round(frames * (1.1 + i / 5) / 24) * 24,
  })),
});
await footage.reload();
await footage.getByRole('table').first().waitFor();
await picture(footage, 'footage');
await footage.context().close();

async function gallery(colorScheme, viewport, size) {
  const page = await openPage({ colorScheme, viewport, hasTouch: size === 'phone' });
  const name = (what) => `${what}-${colorScheme}-${size}`;
  await picture(page, name('shots'));
  await page.locator('.pill').click();
  await page.getByRole('heading', { name: 'Conflicts' }).waitFor();
  await picture(page, name('sync'));
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await clickCell(page, 3, 'Status');
  await page.getByRole('button', { name: 'Details' }).click();
  await page.getByRole('complementary').getByRole('listitem').first().waitFor();
  await picture(page, name('entry'));
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  for (const dialog of ['Columns', 'Views']) {
    await page.getByRole('button', { name: dialog }).click();
    await page.getByRole('dialog').waitFor();
    await picture(page, name(dialog.toLowerCase()));
    await page.keyboard.press('Escape');
  }
  await page.keyboard.press('F1');
  await page.getByRole('dialog').waitFor();
  await picture(page, name('keys'));
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox').waitFor();
  await picture(page, name('commands'));
  for (const screen of ['quick', 'footage', 'media', 'import', 'settings', 'start']) {
    await page.goto(`${base}/${screen}`);
    await page.getByRole('main').getByRole('heading').first().waitFor();
    await page.waitForTimeout(500);
    await picture(page, name(screen));
  }
  await page.goto(`${base}/import`);
  const [shot] = (await ask(page, 'GET', '/api/production-data?limit=1')).json.data;
  const line = (status) => [shot.episode_title, shot.scene, shot.shot, status].join(',');
  const text = `Episode,Scene,Shot,Status\n${line('imported')}\n${line('new').replace(shot.shot, 'SH9100')}\n`;
  await page.getByLabel('A workbook').setInputFiles({ name: 'part.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByText('1 new · 1 changed').waitFor();
  await picture(page, name('import-preview'));
  await page.goto(`${base}/api/docs`);
  await picture(page, name('docs'));
  await page.goto(runFile().local_url);
  await picture(page, name('local'));
  await page.goto(`${runFile().local_url}/doctor`);
  await picture(page, name('doctor'));
  await page.context().clearCookies();
  await page.goto(base);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await picture(page, name('sign-in'));
  await page.context().close();
}

if (process.argv[3] === 'all') {
  for (const colorScheme of ['light', 'dark']) {
    await gallery(colorScheme, { width: 1360, height: 760 }, 'desk');
    await gallery(colorScheme, { width: 390, height: 844 }, 'phone');
  }
}

await closeBrowser();

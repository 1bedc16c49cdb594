// The Media screen on real renders: pictures, scrubbing, files of no shot.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  closeBrowser, closePage, eventually, is_mock, openBrowser, openPage,
} from './harness.mjs';
import { runFile, sql } from './program.mjs';

const real = { skip: is_mock };
let page;

before(async () => {
  await openBrowser();
  page = await openPage({ path: '/media' });
});

after(async () => {
  await closePage(page);
  await closeBrowser();
});

const widthOf = (image) => image.evaluate((one) => (one.complete ? one.naturalWidth : 0));

test('a shot shows its picture; pointer and arrow keys go through ten frames of it', real, async () => {
  const film = page.locator('.film[tabindex]').first();
  await film.waitFor();
  await film.scrollIntoViewIfNeeded();
  await eventually(async () => assert.equal(await widthOf(film.locator('img').first()), 320));
  assert.equal(await film.locator('.strip').count(), 0, 'nobody asked for the ten frames yet');
  const { width, height } = await film.boundingBox();
  const strip = film.locator('.strip');
  const place = async () => Math.round(-(await strip.boundingBox()).x + (await film.boundingBox()).x);
  await film.hover({ position: { x: width * 0.55, y: height / 2 } });
  await eventually(async () => assert.equal(await widthOf(strip), 1600));
  assert.ok(Math.abs((await place()) - 5 * width) <= 10);
  assert.match(await film.getAttribute('aria-label'), /picture 6 of 10/);
  await film.hover({ position: { x: width * 0.98, y: height / 2 } });
  await eventually(async () => assert.ok(Math.abs((await place()) - 9 * width) <= 10));
  await page.mouse.move(0, 0);
  await strip.waitFor({ state: 'detached' });
  await film.focus();
  for (const expected of [1, 2, 3]) {
    await page.keyboard.press('ArrowRight');
    await eventually(async () => assert.match(await film.getAttribute('aria-label'), new RegExp(`picture ${expected} of 10`)));
  }
  await page.keyboard.press('ArrowLeft');
  await eventually(async () => assert.match(await film.getAttribute('aria-label'), /picture 2 of 10/));
});

test('gaps are told as ranges of frames; the renders of this week are a group of their own', real, async () => {
  const [gaps] = sql(
    `select measurement->>'missing_frames' from entry_state where jsonb_array_length(measurement->'missing_frames') > 0 limit 1`,
  );
  const ranges = JSON.parse(gaps).map(([first, last]) => (first === last ? `${first}` : `${first}[-–]${last}`));
  const own = await openPage({ path: '/media?group=gaps' });
  await own.getByText(new RegExp(`: ${ranges.join(', ')}`)).first().waitFor();
  const week = own.getByRole('button', { name: /^Renders of this week/ });
  await week.click();
  await own.waitForURL(/group=week/);
  assert.ok((await own.locator('.contact > li').count()) > 0);
  assert.equal(await own.getByText('No file', { exact: true }).count(), 0);
  await closePage(own);
});

test('a picture that is drawn later appears by itself, here and in the grid', real, async () => {
  const film = page.locator('.film[tabindex]').first();
  const address = await film.locator('img').first().getAttribute('src');
  const digest = address.split('/')[3];
  sql(`create table kept_picture as select * from media_picture where source_digest = '${digest}'`);
  try {
    sql(`delete from media_picture where source_digest = '${digest}'`);
    const own = await openPage({ path: '/media' });
    const image = own.locator(`.film img[src="${address}"]`).first();
    await own.locator('.film img').first().waitFor();
    assert.equal(await image.count(), 0);
    sql(`insert into media_picture (source_digest, thumbnail, strip, number)
         select source_digest, thumbnail, strip, nextval('media_picture_number') from kept_picture`);
    await image.waitFor();
    await own.getByRole('link', { name: 'Shots', exact: true }).click();
    await eventually(async () => assert.equal(await widthOf(own.locator('.grid-cell img.still').first()), 320));
    await closePage(own);
  } finally {
    sql(`drop table kept_picture`);
  }
});

test('a file of no shot is dragged onto its shot, or given to it with the keyboard, and taken back', real, async () => {
  const { media_root: root } = runFile();
  const some = readdirSync(root, { recursive: true }).find((name) => name.endsWith('.mp4'));
  const inbox = join(root, 'inbox');
  mkdirSync(inbox, { recursive: true });
  const own = await openPage({ path: '/media' });
  try {
    copyFileSync(join(root, some), join(inbox, 'kite flies.mp4'));
    const file = own.locator('.unmatched li', { hasText: 'inbox/kite flies.mp4' });
    await file.waitFor();
    const card = own.locator('.contact > li').nth(1);
    const byHand = own.getByText('given by hand');
    await file.dragTo(card);
    await byHand.first().waitFor();
    await file.waitFor({ state: 'detached' });
    const measured = sql("select measurement->>'path' from entry_state where measurement->'flags' ? 'PINNED'");
    assert.ok(measured.length > 0 && measured.every((path) => path === 'inbox/kite flies.mp4'), measured.join());
    await own.getByRole('button', { name: 'Let names decide' }).first().click();
    await file.waitFor();
    await eventually(async () => assert.equal(await byHand.count(), 0));
    await file.getByRole('button', { name: /^Choose/ }).focus();
    await own.keyboard.press('Enter');
    await card.getByRole('button', { name: 'Give it to this shot' }).focus();
    await own.keyboard.press('Enter');
    await byHand.first().waitFor();
    await own.getByRole('button', { name: 'Let names decide' }).first().click();
    await file.waitFor();
  } finally {
    rmSync(inbox, { recursive: true });
    await closePage(own);
  }
});

// A real page that says when it shows something; started by bench/media_live.py.
// Reads lines "SHOT FRAMES", brings that shot's row into sight and answers "watching"; then the moment
// (ms since 1970) at which the row's cells hold FRAMES, as the page's own MutationObserver saw it.
import { createInterface } from 'node:readline';
import { closeBrowser, openBrowser, openPage } from '../tests/page/harness.mjs';

const isInSight = (page, shot) =>
  page.evaluate((text) => [...document.querySelectorAll('[role=gridcell]')].some((cell) => cell.textContent === text), shot);

async function bringIntoSight(page, shot) {
  if (await isInSight(page, shot)) return;
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+Home');
  for (let pages = 0; !(await isInSight(page, shot)); ++pages) {
    if (pages > 200) throw new Error(`${shot} is on no page of the grid`);
    await page.keyboard.press('PageDown');
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  }
}

const watch = (page, shot, frames) =>
  page.evaluate(
    ([name, wanted]) => {
      window.shown_at = new Promise((resolve) => {
        const observer = new MutationObserver(() => {
          for (const row of document.querySelectorAll('[role=row]')) {
            const cells = [...row.querySelectorAll('[role=gridcell]')].map((cell) => cell.textContent.trim());
            if (!cells.includes(name) || !cells.includes(wanted)) continue;
            observer.disconnect();
            resolve(Date.now());
          }
        });
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      });
    },
    [shot, frames],
  );

await openBrowser();
const page = await openPage();
console.log('open');
for await (const line of createInterface({ input: process.stdin })) {
  const [shot, frames] = line.split(' ');
  await bringIntoSight(page, shot);
  await watch(page, shot, frames);
  console.log('watching');
  console.log(String(await page.evaluate(() => window.shown_at)));
}
await page.context().close();
await closeBrowser();

// How fast the grid is with many rows: node measure.mjs, with the environment of with_server.sh and a
// server that holds the rows (mock: --rows 100000). Prints one JSON line.
import { closeBrowser, openBrowser, openPage } from './harness.mjs';

await openBrowser();
const page = await openPage();
await page.reload();
const first_row_ms = await page.evaluate(
  () =>
    new Promise((resolve) => {
      const look = () => {
        if (document.querySelector('[role=gridcell]')) resolve(performance.now());
        else requestAnimationFrame(look);
      };
      look();
    }),
);
const rows = Number(await page.getByRole('grid').getAttribute('aria-rowcount')) - 1;
await page.mouse.move(600, 400);
const frames = page.evaluate(
  () =>
    new Promise((resolve) => {
      const times = [];
      const begin = performance.now();
      const frame = (now) => {
        times.push(now);
        if (now - begin < 3000) requestAnimationFrame(frame);
        else resolve(times.slice(1).map((time, i) => time - times[i]));
      };
      requestAnimationFrame(frame);
    }),
);
const end = Date.now() + 3000;
while (Date.now() < end) await page.mouse.wheel(0, 900);
const gaps = await frames;
const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
console.log(
  JSON.stringify({
    rows,
    first_row_ms: Math.round(first_row_ms),
    scroll_fps: Math.round((1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0)),
    frame_ms_max: Math.round(Math.max(...gaps)),
    nodes,
  }),
);
await page.context().close();
await closeBrowser();

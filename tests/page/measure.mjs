// The grid's figures, one JSON line for each number of rows, with the environment of
// with_server.sh real:  tests/page/with_server.sh real bash -c '$NODE tests/page/measure.mjs 10000 100000'
//   first_row_ms   navigation to the first row in the document
//   mount_ms       all rows arranged and the visible ones drawn
//   scroll_fps, frame_ms_max   3 s of wheel scrolling
//   live_ms, live_frame_ms_max   1,000 rows changed elsewhere: from the answer until they are shown
//   nodes          elements in the document
import { closeBrowser, eventually, openBrowser, theBrowser } from './harness.mjs';
import { openCloud, startCloud } from './program.mjs';

const sizes = process.argv.slice(2).map(Number);
const live_rows = 1000;

/** Gaps between frames while `work` runs, at least `least_ms`. */
async function frames(page, least_ms, work) {
  await page.evaluate(() => {
    window.frame_times = [];
    const frame = (now) => {
      window.frame_times.push(now);
      window.frame_loop = requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const begin = Date.now();
  await work(() => Date.now() - begin < least_ms);
  return page.evaluate(() => {
    cancelAnimationFrame(window.frame_loop);
    return window.frame_times.slice(1).map((time, i) => time - window.frame_times[i]);
  });
}

const rowcount = (page) => page.getByRole('grid').getAttribute('aria-rowcount');

await openBrowser();
const cloud = await startCloud('page-measure');
let filled = 0;
let page;
for (const rows of sizes) {
  cloud.sql(
    `insert into production_summary (animator, project_type, episode_title, scene, shot, week_yyyymmdd, status, notes)
     select 'Animator ' || i % 40, 'Series', 'Episode ' || i % 30, (i % 90)::text, lpad(i::text, 6, '0'),
     '20260105', 'wip', 'note ' || i from generate_series(${filled + 1}, ${rows}) i`,
  );
  filled = rows;
  page ??= await openCloud(theBrowser(), cloud);
  await page.goto(`${cloud.address}/`);
  await page.reload();
  const first_row_ms = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const look = () =>
          document.querySelector('[role=gridcell]') ? resolve(performance.now()) : requestAnimationFrame(look);
        look();
      }),
  );
  await eventually(async () => {
    if ((await rowcount(page)) !== String(rows + 1)) throw new Error(`${await rowcount(page)} rows`);
  }, 60_000);
  const mount_ms = await page.evaluate(() => performance.getEntriesByName('arrange').at(-1).duration);
  await page.mouse.move(600, 400);
  const scroll = await frames(page, 3000, async (isOn) => {
    while (isOn()) await page.mouse.wheel(0, 900);
  });
  await page.getByRole('grid').focus();
  await page.keyboard.press('Control+Home');
  let live_ms = 0;
  const live = await frames(page, 0, async () => {
    cloud.sql(`update production_summary set status = 'live ${rows}' where id <= ${live_rows}`);
    const begin = Date.now();
    await page.getByText(`live ${rows}`).first().waitFor();
    live_ms = Date.now() - begin;
    await page.waitForTimeout(500);
  });
  console.log(
    JSON.stringify({
      rows,
      first_row_ms: Math.round(first_row_ms),
      mount_ms: Math.round(mount_ms),
      scroll_fps: Math.round((1000 * scroll.length) / scroll.reduce((sum, gap) => sum + gap, 0)),
      frame_ms_max: Math.round(Math.max(...scroll)),
      live_ms,
      live_frame_ms_max: Math.round(Math.max(...live)),
      nodes: await page.evaluate(() => document.querySelectorAll('*').length),
    }),
  );
}
await page.context().close();
await cloud.stop();
await closeBrowser();

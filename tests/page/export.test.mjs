// What people export, opened by a real LibreOffice: the same totals as the page and the database say;
// saved there again, it imports as 0 changes (acceptance 9).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { closeBrowser, closePage, is_mock, openBrowser, openPage } from './harness.mjs';
import { sql } from './program.mjs';

const options = { skip: is_mock };
let folder;

before(async () => {
  await openBrowser();
  folder = mkdtempSync(join(tmpdir(), 'page-export-'));
});

after(async () => {
  await closeBrowser();
  rmSync(folder, { recursive: true, force: true });
});

/** What LibreOffice makes of files: each of them once more, in another format. */
function converted(files, format, ending) {
  const made = join(folder, `made-${ending}`);
  mkdirSync(made, { recursive: true });
  execFileSync('soffice', [
    `-env:UserInstallation=file://${folder}/profile`, '--headless', '--convert-to', format, '--outdir', made, ...files,
  ], { stdio: 'pipe', timeout: 180_000 });
  return (name) => join(made, name);
}

async function downloaded(page, name) {
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name }).click();
  const arrived = await download;
  const path = join(folder, arrived.suggestedFilename());
  copyFileSync(await arrived.path(), path);
  return path;
}

/** Rows of a CSV file, by a reader that is not ours. */
function lines(path) {
  const script = 'import csv, json, sys; print(json.dumps(list(csv.reader(open(sys.argv[1], encoding="utf-8-sig", newline="")))))';
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', script, path], { encoding: 'utf8', maxBuffer: 1e8 }));
}

test('footage: LibreOffice shows the sums of the page and of SQL', options, async () => {
  const page = await openPage({ path: '/footage' });
  await page.getByLabel('Unit').selectOption('frames');
  const people = page.getByRole('table', { name: 'People and weeks' });
  await people.waitFor();
  const shown = (await people.locator('tfoot td').allInnerTexts()).at(-1).replaceAll(',', '');
  const file = await downloaded(page, 'Export .xlsx');
  // every sheet becomes footage-<sheet>.csv
  const made = converted([file], 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1', 'csv');
  const weeks = lines(made('footage-People and weeks.csv'));
  assert.equal(weeks.at(-1)[0], 'Total');
  assert.equal(weeks.at(-1).at(-1), shown);
  const episodes = lines(made('footage-Episodes.csv')).slice(1);
  const frames = episodes.reduce((sum, line) => sum + Number(line[3]), 0);
  const [total] = sql(
    `select sum(frames) from (select distinct on (p.project_type, p.episode_title, p.scene, p.shot)
     (s.measurement->>'frames')::bigint frames from production_summary p left join entry_state s on s.entry_id = p.id
     order by p.project_type, p.episode_title, p.scene, p.shot, p.week_yyyymmdd desc, p.id desc) latest`,
  );
  assert.ok(Number(total) > 0);
  assert.deepEqual([shown, String(frames)], [total, total]);
  await closePage(page);
});

test('entries: what LibreOffice saves of an export imports as 0 changes', options, async () => {
  const page = await openPage({ path: '/import' });
  const xlsx = await downloaded(page, 'Export .xlsx');
  const csv = await downloaded(page, 'Export .csv');
  const [rows, frames] = sql(
    `select count(*), coalesce(sum((s.measurement->>'frames')::bigint), 0)
     from production_summary p left join entry_state s on s.entry_id = p.id`,
  )[0].split('|');
  const made = converted([xlsx], 'csv:Text - txt - csv (StarCalc):44,34,76,1', 'csv')('production.csv');
  for (const path of [made, csv]) {
    const [head, ...body] = lines(path);
    const sum = body.reduce((all, line) => all + Number(line[head.indexOf('Frames')]), 0);
    assert.deepEqual([String(body.length), String(sum)], [rows, frames]);
  }
  for (const path of [xlsx, csv, made, converted([xlsx], 'xlsx', 'xlsx')('production.xlsx')]) {
    await page.reload();
    await page.getByLabel('A workbook').setInputFiles(path);
    await page.getByText('0 changes').waitFor();
    await page.getByText(`${rows} unchanged`).waitFor();
  }
  await closePage(page);
});

// {task, file, target, turns} on stdin; CPU milliseconds of each turn and the peak memory on stdout.
import { readFileSync } from 'node:fs';
import ExcelJS from 'exceljs';

const { task, file, target, turns } = JSON.parse(readFileSync(0, 'utf8'));

async function run() {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(file);
  const sheet = book.worksheets[0];
  if (task === 'read') {
    let count = 0;
    sheet.eachRow((row) => { count += row.values.length; });
    return count;
  }
  sheet.getCell('G500').value = 'Approved';
  if (task === 'append') sheet.addRow(['Anna', 'Series', 'Episode 1', '900', '0010']);
  await book.xlsx.writeFile(target);
  return 1;
}

const milliseconds = [];
for (let turn = 0; turn < turns; ++turn) {
  const before = process.cpuUsage();
  await run();
  const used = process.cpuUsage(before);
  milliseconds.push((used.user + used.system) / 1000);
}
const peak = process.resourceUsage().maxRSS;
process.stdout.write(JSON.stringify({ milliseconds, peak }));

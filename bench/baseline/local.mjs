// The guide's local server the plain way: exceljs loads the workbook, changes it, saves it; and a
// watch on the file sends all rows to the cloud when somebody else saved it.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import ExcelJS from 'exceljs';

const workbookPath = process.env.WORKBOOK;
const headers = {
  Animator: 'animator', 'Project Type': 'project_type', 'Episode Title': 'episode_title',
  Scene: 'scene', Shot: 'shot', 'Week (YYYYMMDD)': 'week_yyyymmdd', Status: 'status',
  Notes: 'notes',
};
const agent = new http.Agent({ keepAlive: true });
let queue = Promise.resolve(); // one job at a time on the workbook
let ownModification = 0;

function inTurn(job) {
  queue = queue.then(job, job);
  return queue;
}

async function load() {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.readFile(workbookPath);
  const sheet = workbook.worksheets[0];
  const columns = {};
  sheet.getRow(1).eachCell((cell, number) => {
    if (headers[cell.text]) columns[headers[cell.text]] = number;
  });
  return { workbook, sheet, columns };
}

function recordsOf({ sheet, columns }) {
  const records = [];
  sheet.eachRow((row, number) => {
    if (number === 1) return;
    const record = {};
    for (const [field, column] of Object.entries(columns)) {
      record[field] = row.getCell(column).text;
    }
    if (record.shot) records.push(record);
  });
  return records;
}

async function applyFromRailway({ action, data }) {
  const loaded = await load();
  const { workbook, sheet, columns } = loaded;
  let found;
  sheet.eachRow((row) => {
    const same = ['episode_title', 'scene', 'shot'].every(
      (field) => row.getCell(columns[field]).text === data[field]);
    if (same) found = row;
  });
  if (action === 'delete') {
    if (found) sheet.spliceRows(found.number, 1);
  } else {
    const row = found ?? sheet.addRow([]);
    for (const [field, column] of Object.entries(columns)) row.getCell(column).value = data[field];
  }
  await workbook.xlsx.writeFile(workbookPath);
  ownModification = fs.statSync(workbookPath).mtimeMs;
}

function sendToCloud(records) {
  const text = JSON.stringify({ records });
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: '127.0.0.1', port: process.env.CLOUD_PORT, path: '/api/sync/excel-replaces', agent,
      method: 'POST', headers: {
        'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text),
        'X-API-Key': process.env.API_KEY,
      },
    }, (response) => { response.resume(); response.on('end', resolve); });
    request.on('error', reject);
    request.end(text);
  });
}

let lastSent = 0;
async function sendWhatChanged() {
  const modified = fs.statSync(workbookPath).mtimeMs;
  if (modified === lastSent || modified === ownModification) return;
  await sendToCloud(recordsOf(await load()));
  lastSent = modified;
}

await sendWhatChanged();
fs.watch(path.dirname(workbookPath), (_, name) => {
  if (name !== path.basename(workbookPath)) return;
  // A file that is still being written does not load; its last event tries again.
  inTurn(() => sendWhatChanged().catch((error) => console.error(error.message)));
});

http.createServer(async (request, response) => {
  if (request.url === '/api/health') return response.end('{"status":"ok"}');
  if (request.headers['x-api-key'] !== process.env.API_KEY) {
    response.statusCode = 401;
    return response.end('{}');
  }
  const parts = [];
  for await (const part of request) parts.push(part);
  try {
    await inTurn(() => applyFromRailway(JSON.parse(Buffer.concat(parts))));
    return response.end('{"success":true}');
  } catch (error) {
    console.error(error.stack);
    response.statusCode = 500;
    return response.end(JSON.stringify({ error: error.message }));
  }
}).listen(Number(process.env.LOCAL_PORT), '127.0.0.1');

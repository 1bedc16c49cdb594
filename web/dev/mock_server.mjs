// The cloud's API as the page sees it, in memory, for work on the page and for its tests without the
// program: entries, batches with versions, the feed, conflicts, held changes, sign-in.
//   node dev/mock_server.mjs [--port 3900] [--rows 60] [--dist dist]
// Sign in with any e-mail and the password "animation", or /#setup=mock. Not in the real API:
// POST /mock/excel {"id":1,"cells":{…}} edits as Excel would, POST /mock/status {…} sets the status.
import { createServer } from 'node:http';
import { readFileSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { sampleEntries } from './sample.mjs';

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const dist = option('dist', new URL('../dist', import.meta.url).pathname);
const port = Number(option('port', '3900'));

const columns = [
  'animator', 'project_type', 'episode_title', 'scene', 'shot', 'week_yyyymmdd', 'status', 'notes',
];
const limits = [100, 20, 200, 50, 50, 8, 20, 10_000];

const entries = new Map();
const removed = new Map();
const feed = [];
const streams = new Set();
const answers = new Map(); // idempotency key -> answer
const shared = {};
let conflicts = [];
let next_id = 1;
let next_conflict = 1;
let extra_status = {};
for (const entry of sampleEntries(Number(option('rows', '60')))) {
  entries.set(next_id, { id: next_id++, version: 0, extra: {}, ...entry });
}

class Refusal extends Error {
  constructor(status, code, message, more = {}) {
    super(message);
    Object.assign(this, { status, code, more });
  }
}

const cellsOf = (entry) =>
  Object.fromEntries(columns.map((column) => [column, entry[column] || (column === 'notes' ? null : '')]));

function record(op, id, before, after, origin, author, batch_id) {
  const change = {
    seq: feed.length + 1, entry_id: id, op, before, after,
    media: entries.get(id)?.media ?? null, origin, author, batch_id, at: new Date().toISOString(),
  };
  feed.push(change);
  const entry = entries.get(id);
  if (entry) Object.assign(entry, { version: change.seq, updated_at: change.at });
  for (const stream of streams) stream.write(`id: ${change.seq}\ndata: ${JSON.stringify(change)}\n\n`);
}

function check(cells, index, isNew) {
  columns.forEach((column, i) => {
    const text = cells[column];
    if (text === undefined && !isNew) return;
    const refuse = (message) => {
      throw new Refusal(422, 'invalid_input', `${column} ${message}`, { index, field: column });
    };
    if ((column === 'scene' || column === 'shot') && !text) refuse('may not be blank');
    if (text && [...text].length > limits[i]) refuse(`holds at most ${limits[i]} characters`);
    if (column === 'week_yyyymmdd' && text && !/^\d{8}$/.test(text)) refuse('is a date YYYYMMDD');
  });
}

/** Cells that somebody changed after version `seen`. */
function newerCells(id, edit, seen) {
  const newer = feed.filter((change) => change.entry_id === id && change.seq > seen && change.before);
  return columns.filter((column) => column in edit).flatMap((column) => {
    const by = newer.findLast((change) => change.before[column] !== change.after[column]);
    const current = entries.get(id)[column] ?? '';
    if (!by || current === edit[column]) return [];
    return [{ field: column, current, yours: edit[column], changed_by: by.author }];
  });
}

function change(edits, author) {
  const batch = crypto.randomUUID();
  edits.forEach((edit, index) => {
    const entry = entries.get(edit.id);
    if (!entry) throw new Refusal(404, 'not_found', `There is no entry ${edit.id}.`, { index });
    check(edit, index, false);
    const newer = edit.force ? [] : newerCells(edit.id, edit, edit.version ?? Infinity);
    if (newer.length > 0) {
      const more = { index, data: entry, cells: newer };
      throw new Refusal(412, 'precondition_failed', 'Somebody changed it meanwhile.', more);
    }
  });
  for (const edit of edits) {
    const entry = entries.get(edit.id);
    const before = cellsOf(entry);
    for (const column of columns) if (column in edit) entry[column] = edit[column] || (column === 'notes' ? null : '');
    const after = cellsOf(entry);
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      record('edit', edit.id, before, after, 'web', author, batch);
    }
  }
  return { success: true, data: edits.map((edit) => entries.get(edit.id)), batch };
}

function create(rows, author, batch = crypto.randomUUID()) {
  rows.forEach((row, index) => check(row, index, true));
  const data = rows.map((row) => {
    const id = next_id++;
    const now = new Date().toISOString();
    entries.set(id, { id, ...cellsOf(row), extra: {}, media: null, created_at: now });
    record('insert', id, null, cellsOf(row), 'web', author, batch);
    return entries.get(id);
  });
  return { success: true, data, batch };
}

function changeAndAdd(work, author) {
  work.create.forEach((row, index) => check(row, work.change.length + index, true));
  const changed = change(work.change, author);
  const added = create(work.create, author, changed.batch);
  return { ...changed, data: [...changed.data, ...added.data] };
}

function remove(ids, author) {
  const batch = crypto.randomUUID();
  const data = ids.map((id) => {
    const entry = entries.get(id);
    if (!entry) throw new Refusal(404, 'not_found', `There is no entry ${id}.`);
    return entry;
  });
  for (const entry of data) {
    entries.delete(entry.id);
    removed.set(entry.id, entry);
    record('delete', entry.id, cellsOf(entry), null, 'web', author, batch);
  }
  return { success: true, data, batch };
}

function restore(id, author) {
  const entry = entries.get(id) ?? removed.get(id);
  if (!entry) throw new Refusal(404, 'not_found', `There is no entry ${id}.`);
  if (!entries.has(id)) {
    entries.set(id, entry);
    record('restore', id, null, cellsOf(entry), 'web', author, crypto.randomUUID());
  }
  return { success: true, data: entry };
}

function editInExcel({ id, cells, author = 'Anna', over }) {
  const entry = entries.get(id);
  const before = cellsOf(entry);
  for (const [column, text] of Object.entries(cells)) {
    if (over) {
      conflicts.unshift({
        id: next_conflict++, entry_id: id, field: column, winning: text, losing: entry[column],
        losing_author: 'Mia', winning_author: author, at: new Date().toISOString(), row: cellsOf(entry),
      });
    }
    entry[column] = text;
  }
  record('edit', id, before, cellsOf(entry), 'excel', author, crypto.randomUUID());
  return { success: true };
}

function restoreConflict(id, author) {
  const conflict = conflicts.find((one) => one.id === id);
  if (!conflict) throw new Refusal(404, 'not_found', 'There is no such conflict.');
  conflicts = conflicts.filter((one) => one !== conflict);
  return change([{ id: conflict.entry_id, [conflict.field]: conflict.losing, force: true }], author);
}

const started = new Date().toISOString();
const status = () => ({
  databaseEnabled: true, cloudSyncEnabled: true, environment: 'development', local: 'connected',
  lastSyncAt: feed.at(-1)?.at ?? started, equalAsOf: feed.at(-1)?.at ?? started,
  pendingToWorkbook: 0, pendingToCloud: 0, workbookOpenBy: null, conflicts: conflicts.length,
  appliedSeq: feed.length, workbook: { available: true, rows: entries.size }, waiting: [],
  problem: null, ...extra_status,
});

const log = () => feed.slice(-20).reverse().map((change) => ({
  id: change.seq, sync_type: change.origin === 'excel' ? 'excel_to_cloud' : 'cloud_to_excel',
  action: change.op, status: 'success', error_message: null, created_at: change.at,
}));

/** method + path pattern -> answer; `:id` is a number. */
const routes = [
  ['GET /api/production-data', () => ({ success: true, data: [...entries.values()], cursor: String(feed.length) })],
  ['GET /api/production-data/with-local-sync', () => ({
    success: true, data: [], cursor: String(feed.length),
    excelSync: { success: true, records: entries.size, durationMs: 4 },
  })],
  ['POST /api/production-data', ({ body, who }) => create(Array.isArray(body) ? body : [body], who)],
  ['POST /api/import', ({ body, who }) => changeAndAdd(body, who)],
  ['PATCH /api/production-data', ({ body, who }) => change(body, who)],
  ['DELETE /api/production-data', ({ body, who }) => remove(body.ids, who)],
  ['PATCH /api/production-data/:id', ({ id, body, who }) => change([{ ...body, id }], who)],
  ['POST /api/production-data/:id/restore', ({ id, who }) => restore(id, who)],
  ['GET /api/production-data/:id/history', ({ id }) => ({
    success: true, data: feed.filter((change) => change.entry_id === id).reverse(),
  })],
  ['GET /api/conflicts', () => ({ success: true, data: conflicts })],
  ['POST /api/conflicts/:id/restore', ({ id, who }) => restoreConflict(id, who)],
  ['GET /api/held', () => ({ success: true, data: [] })],
  ['GET /api/duplicates', () => ({ success: true, data: [] })],
  ['GET /api/shared', () => ({ success: true, data: shared })],
  ['PUT /api/shared/:name', ({ name, body }) => ((shared[name] = body.value), { success: true, data: shared })],
  ['POST /api/presence', ({ body, who }) => {
    const place = JSON.stringify({ ...body, name: who });
    for (const stream of streams) stream.write(`event: presence\ndata: ${place}\n\n`);
    return { success: true };
  }],
  ['GET /api/summary', () => ({ success: true, data: { weeks: [], episodes: [], totals: {} } })],
  ['GET /api/targets', () => ({ success: true, data: [] })],
  ['GET /api/users', () => ({ success: true, data: [] })],
  ['GET /api/tokens', () => ({ success: true, data: [] })],
  ['GET /api/sync/log', () => ({ success: true, data: log() })],
  ['POST /mock/excel', ({ body }) => editInExcel(body)],
  ['POST /mock/status', ({ body }) => ((extra_status = body), { success: true })],
].map(([route, answer]) => {
  const [method, path] = route.split(' ');
  return { method, pattern: new RegExp(`^${path.replace(':id', '(\\d+)').replace(':name', '(\\w+)')}$`), answer };
});

const types = {
  '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript', '.svg': 'image/svg+xml',
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
  "connect-src 'self'; font-src 'self'; manifest-src 'self'; require-trusted-types-for 'script'";

function serveFile(path, response) {
  let file = join(dist, normalize(path));
  if (path === '/' || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
    if (extname(path) !== '') return response.writeHead(404).end();
    file = join(dist, 'index.html');
  }
  response.writeHead(200, {
    'Content-Type': types[extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': policy,
  });
  response.end(readFileSync(file));
}

function openStream(request, response, after) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  const from = Number(request.headers['last-event-id'] ?? after ?? feed.length);
  for (const one of feed.slice(from)) response.write(`id: ${one.seq}\ndata: ${JSON.stringify(one)}\n\n`);
  response.write(': open\n\n');
  streams.add(response);
  response.on('close', () => streams.delete(response));
}

async function readBody(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return parts.length === 0 ? {} : JSON.parse(Buffer.concat(parts).toString());
}

async function serve(request, response) {
  const url = new URL(request.url, 'http://mock');
  const send = (code, json, headers = {}) =>
    response.writeHead(code, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(json));
  if (!/^\/(api|mock)\//.test(url.pathname)) return serveFile(url.pathname, response);
  const who = /session=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
  const body = request.method === 'GET' ? {} : await readBody(request);
  if (url.pathname === '/api/login') {
    if (body.token !== 'mock' && body.password !== 'animation') {
      throw new Refusal(401, 'unauthorized', 'E-mail or password is not right.');
    }
    const name = /^\w+/.exec(body.email ?? 'Mia')[0];
    return send(200, { success: true }, { 'Set-Cookie': `session=${name}; HttpOnly; SameSite=Lax` });
  }
  if (url.pathname === '/api/sync/status') {
    return send(200, who ? status() : { databaseEnabled: true, cloudSyncEnabled: true, environment: 'development' });
  }
  if (!who && !url.pathname.startsWith('/mock/')) {
    throw new Refusal(401, 'unauthorized', 'Sign in first.');
  }
  if (url.pathname === '/api/logout') {
    return send(200, { success: true }, { 'Set-Cookie': 'session=; Max-Age=0' });
  }
  if (url.pathname === '/api/me') {
    return send(200, { success: true, data: { id: 1, name: who, role: 'producer', animator_names: [who], has_password: false } });
  }
  if (url.pathname === '/api/events') return openStream(request, response, url.searchParams.get('after'));
  const key = request.headers['idempotency-key'];
  if (key && answers.has(key)) return send(200, answers.get(key));
  for (const { method, pattern, answer } of routes) {
    const match = method === request.method && pattern.exec(url.pathname);
    if (!match) continue;
    const json = answer({ id: Number(match[1]), name: match[1], body, who });
    if (key) answers.set(key, json);
    return send(request.method === 'POST' && url.pathname === '/api/production-data' ? 201 : 200, json);
  }
  throw new Refusal(404, 'not_found', `There is no ${request.method} ${url.pathname}.`);
}

createServer((request, response) => {
  serve(request, response).catch((reason) => {
    const { status: code = 500, code: name = 'failed', more = {} } = reason;
    const { field, ...rest } = more;
    response.writeHead(code, { 'Content-Type': 'application/json' });
    const error = { code: name, message: reason.message, field };
    response.end(JSON.stringify({ success: false, error, ...rest }));
    if (code === 500) console.error(reason);
  });
}).listen(port, '127.0.0.1', function () {
  console.log(`ready http://127.0.0.1:${this.address().port}`);
});

// The guide's cloud the plain way: one table, a notification after each change, and
// "the database is replaced by the workbook's rows" when the workbook changed.
import http from 'node:http';
import pg from 'pg';

const fields = ['animator', 'project_type', 'episode_title', 'scene', 'shot', 'week_yyyymmdd',
  'status', 'notes'];
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const listeners = new Set();
const agent = new http.Agent({ keepAlive: true });

await pool.query(`CREATE TABLE IF NOT EXISTS production_summary (
  id SERIAL PRIMARY KEY, animator VARCHAR(100) NOT NULL, project_type VARCHAR(20) NOT NULL,
  episode_title VARCHAR(200) NOT NULL, scene VARCHAR(50) NOT NULL, shot VARCHAR(50) NOT NULL,
  week_yyyymmdd VARCHAR(8) NOT NULL, status VARCHAR(20) NOT NULL, notes TEXT,
  created_at TIMESTAMP DEFAULT NOW(), updated_at TIMESTAMP DEFAULT NOW())`);

function answer(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return parts.length ? JSON.parse(Buffer.concat(parts)) : {};
}

function tellListeners() {
  for (const listener of listeners) listener.write('data: changed\n\n');
}

function notifyLocalServer(action, data) {
  const text = JSON.stringify({ action, data, timestamp: new Date(), source: 'railway' });
  const request = http.request({
    host: '127.0.0.1', port: process.env.LOCAL_PORT, path: '/api/sync/from-railway', agent,
    method: 'POST', headers: {
      'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text),
      'X-API-Key': process.env.API_KEY,
    },
  }, (response) => response.resume());
  request.on('error', (error) => console.error(error.message));
  request.end(text);
}

// The guide, section 3: "Railway Database -> Replaced with Excel data (Excel is authoritative)".
async function replaceTable(rows) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('DELETE FROM production_summary');
    for (let start = 0; start < rows.length; start += 1000) {
      const part = rows.slice(start, start + 1000);
      const places = part.map((_, row) =>
        `(${fields.map((_, column) => `$${row * fields.length + column + 1}`).join(',')})`);
      await client.query(`INSERT INTO production_summary (${fields.join(',')}) VALUES ` +
        places.join(','), part.flatMap((row) => fields.map((field) => row[field] ?? '')));
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
  tellListeners();
}

async function handle(request, response) {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/api/health') return answer(response, 200, { status: 'ok' });
  if (request.headers['x-api-key'] !== process.env.API_KEY) return answer(response, 401, {});
  if (url.pathname === '/api/events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(': hello\n\n');
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
    return undefined;
  }
  if (url.pathname === '/api/sync/excel-replaces' && request.method === 'POST') {
    await replaceTable((await bodyOf(request)).records);
    return answer(response, 200, { success: true });
  }
  if (url.pathname === '/api/production-data' && request.method === 'GET') {
    const shot = url.searchParams.get('shot');
    const after = Number(url.searchParams.get('after') ?? 0);
    const limit = Number(url.searchParams.get('limit') ?? 1000);
    const rows = shot
      ? await pool.query('SELECT * FROM production_summary WHERE shot = $1', [shot])
      : await pool.query('SELECT * FROM production_summary WHERE id > $1 ORDER BY id LIMIT $2',
        [after, limit]);
    const next = rows.rowCount === limit ? rows.rows[limit - 1].id : null;
    return answer(response, 200, { success: true, data: rows.rows, next });
  }
  const one = /^\/api\/production-data\/(\d+)$/.exec(url.pathname);
  if (one && request.method === 'PATCH') {
    const body = await bodyOf(request);
    const names = fields.filter((field) => field in body);
    const sets = names.map((field, number) => `${field} = $${number + 2}`).join(', ');
    const rows = await pool.query(
      `UPDATE production_summary SET ${sets}, updated_at = NOW() WHERE id = $1 RETURNING *`,
      [one[1], ...names.map((field) => body[field])]);
    if (!rows.rowCount) return answer(response, 404, {});
    notifyLocalServer('update', rows.rows[0]);
    tellListeners();
    return answer(response, 200, { success: true, data: rows.rows[0] });
  }
  return answer(response, 404, {});
}

http.createServer((request, response) => {
  handle(request, response).catch((error) => answer(response, 500, { error: error.message }));
}).listen(Number(process.env.CLOUD_PORT), '127.0.0.1');

// The processes behind the page: SQL on the database, stopping and starting the studio's side, a
// cloud of one's own on an empty database.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './harness.mjs';

const program = new URL('../../build/release/animation-tracker', import.meta.url).pathname;
export const data = process.env.PAGE_DATA ?? '';
export const studio_key = 'studio-key-for-page-tests-0123';
export const password = 'correct horse battery staple';

export const runFile = () => JSON.parse(readFileSync(join(data, 'run.json'), 'utf8'));

/** Lines of plain SQL's answer. */
export function sql(statement, url = runFile().database_url) {
  const options = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', statement];
  return execFileSync('psql', options, { encoding: 'utf8' }).split('\n').filter((line) => line !== '');
}

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const isRunning = (pid) => {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

/** The process that `demo` is: the parent of its cloud. */
const demo = () => Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${runFile().pids.cloud}/status`, 'utf8'))[1]);

/** Stays away until startLocal(): demo, which would start it again after 10 s, sleeps as long. */
export async function stopLocal() {
  const pid = runFile().pids.local;
  process.kill(demo(), 'SIGSTOP');
  process.kill(pid, 'SIGTERM');
  await eventually(() => assert.ok(!isRunning(pid)));
}

/** A process of its own from now on; demo adopts it and stops it with the rest. */
export async function startLocal() {
  const log = openSync('/dev/null', 'w');
  const child = spawn(program, ['local', '--data', data], { detached: true, stdio: ['ignore', log, log] });
  child.unref();
  await eventually(async () => {
    const health = await fetch(`${runFile().local_url}/api/health`);
    assert.equal(health.status, 200);
  });
  process.kill(demo(), 'SIGCONT');
}

const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => ['PATH', 'HOME', 'LANG', 'USER'].includes(name)),
);

const started = new Set();

/** Whatever start() began and nobody stopped. */
export async function stopAll() {
  for (const one of started) await one.stop();
}

/** A process of the program in a folder of its own. */
export function start(args, variables, cwd) {
  const log = join(cwd, `${args[0]}.log`);
  const out = openSync(log, 'a');
  const child = spawn(program, args, { cwd, stdio: ['ignore', out, out], env: { ...clean, ...variables } });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const one = {
    log: () => readFileSync(log, 'utf8'),
    stop: async () => {
      started.delete(one);
      child.kill('SIGTERM');
      await ended;
    },
  };
  started.add(one);
  return one;
}

/** `animation-tracker cloud` on a new database of the demo's own PostgreSQL. */
export async function startCloud(name) {
  const url = runFile().database_url.replace(/^(\w+:\/\/[^/]*\/)[^?]*/, `$1${name}`);
  sql(`drop database if exists "${name}" with (force)`);
  sql(`create database "${name}"`);
  const folder = mkdtempSync(join(tmpdir(), 'page-cloud-'));
  const port = await freePort();
  const cloud = start(['cloud'], {
    DATABASE_URL: url, PORT: String(port), BIND: '127.0.0.1', LOCAL_SERVER_API_KEY: studio_key,
    ADMIN_EMAIL: 'admin@studio.example', ADMIN_PASSWORD: password,
    WEBHOOK_SECRET: 'webhook-secret-for-tests-01234',
  }, folder);
  const address = `http://127.0.0.1:${port}`;
  await eventually(async () => assert.equal((await fetch(`${address}/api/health`)).status, 200));
  return {
    address, folder,
    sql: (statement) => sql(statement, url),
    log: cloud.log,
    stop: async () => {
      await cloud.stop();
      rmSync(folder, { recursive: true, force: true });
      sql(`drop database if exists "${name}" with (force)`);
    },
  };
}

/** A signed-in page of a cloud of one's own. */
export async function openCloud(browser, cloud, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1360, height: 760 }, locale: 'en-GB', serviceWorkers: 'block', ...options,
  });
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  page.troubles = [];
  page.on('console', (message) => {
    if (message.type() === 'error') page.troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => page.troubles.push(`script: ${error.stack}`));
  await page.goto(cloud.address);
  await page.getByLabel(/e-mail/i).fill('admin@studio.example');
  await page.getByLabel(/password/i).fill(password);
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.getByRole('banner').waitFor();
  return page;
}

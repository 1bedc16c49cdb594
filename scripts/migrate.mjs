// `railway run npm run migrate`: brings the hosted database to the newest schema from a person's own
// machine. There postgres.railway.internal does not resolve, so the public address is preferred.
//
// 1. the program, if it is built or installed here; 2. psql with database/schema.sql, for a database
// without the program's tables; 3. neither: each deploy migrates by itself, so nothing is lost.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const url = process.env.DATABASE_PUBLIC_URL || process.env.DATABASE_URL;

function run(program, words) {
  const { status, error } = spawnSync(program, words, {
    stdio: 'inherit',
    env: { ...process.env, DATABASE_URL: url },
  });
  return error?.code === 'ENOENT' ? null : (status ?? 1);
}

if (!url) {
  console.error('DATABASE_URL is missing: run this as "railway run npm run migrate"');
  process.exit(1);
}
if (!process.env.DATABASE_PUBLIC_URL && new URL(url).hostname.endsWith('.railway.internal')) {
  console.error(
    'DATABASE_URL names a host inside Railway, which this machine cannot reach: add ' +
      'DATABASE_PUBLIC_URL to the service. Each deploy migrates by itself, so nothing is missing.',
  );
  process.exit(1);
}
const built = join(top, 'build/release/animation-tracker');
let status = run(existsSync(built) ? built : 'animation-tracker', ['migrate']);
if (status === null) {
  // The address goes through the environment: a command line can be read by every user.
  const parts = new URL(url);
  const values = {
    PGHOST: parts.hostname,
    PGPORT: parts.port || '5432',
    PGUSER: parts.username,
    PGPASSWORD: parts.password,
    PGDATABASE: parts.pathname.slice(1),
  };
  for (const [name, value] of Object.entries(values)) process.env[name] = decodeURIComponent(value);
  process.env.PGSSLMODE ??= parts.searchParams.get('sslmode') ?? 'prefer';
  const known = spawnSync('psql', ['-XAtc', "SELECT to_regclass('schema_migration') IS NOT NULL"], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (known.error?.code !== 'ENOENT') {
    if (known.stdout.trim() === 't') {
      console.log('The database has its tables; newer migrations come with the next deploy.');
      status = 0;
    } else {
      status = run('psql', ['-Xv', 'ON_ERROR_STOP=1', '-f', join(top, 'database/schema.sql')]);
    }
  }
}
if (status === null) {
  console.log('Neither animation-tracker nor psql is installed here. Each deploy migrates the');
  console.log('database before it starts, so there is nothing to do.');
  status = 0;
}
process.exit(status);

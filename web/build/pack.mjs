// After `vite build`: checks the size budget and, with a second argument, writes what the program
// embeds: compressed files, assets.S (.incbin) and assets.cpp (the table of http/web_assets.hpp).
//   node build/pack.mjs DIST [FOLDER]
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, relative, resolve, sep } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const budget = { js: 60_000, css: 12_000 }; // bytes, gzip, of the first load (design: web page)

const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function readAssets(dist) {
  return filesBelow(dist).map((file) => {
    const path = '/' + relative(dist, file).split(sep).join('/');
    const type = types[extname(file)];
    if (!type) throw new Error(`${path}: no content type is known for ${extname(file)}`);
    const plain = readFileSync(file);
    const gzip = gzipSync(plain, { level: 9 });
    const brotli = brotliCompressSync(plain, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
    });
    const smaller = (packed) => (packed.length < plain.length ? packed : Buffer.alloc(0));
    return { path, type, plain, gzip: smaller(gzip), brotli: smaller(brotli) };
  });
}

/** The files that index.html itself asks for: what a first visit loads. */
function firstLoad(assets) {
  const html = assets.find((asset) => asset.path === '/index.html').plain.toString();
  return assets.filter((asset) => html.includes(`"${asset.path}"`));
}

function checkBudget(assets) {
  const loaded = firstLoad(assets);
  for (const [kind, limit] of Object.entries(budget)) {
    const files = loaded.filter((asset) => asset.path.endsWith('.' + kind));
    const bytes = files.reduce((sum, asset) => sum + asset.gzip.length, 0);
    console.error(`page: ${kind} ${bytes} of ${limit} bytes (gzip, first load)`);
    if (bytes > limit) throw new Error(`the first load holds too much ${kind}`);
  }
}

function assembler(assets, folder) {
  const lines = ['.section .rodata'];
  assets.forEach((asset, i) => {
    for (const form of ['plain', 'gzip', 'brotli']) {
      if (asset[form].length === 0) continue;
      writeFileSync(join(folder, `${i}.${form}`), asset[form]);
      const name = `tracker_web_${i}_${form}`;
      lines.push(`.global ${name}`, `${name}: .incbin "${join(folder, `${i}.${form}`)}"`);
    }
  });
  lines.push('.section .note.GNU-stack,"",@progbits', '');
  return lines.join('\n');
}

function table(assets) {
  const declared = [];
  const rows = assets.map((asset, i) => {
    const view = (form) => {
      const size = asset[form].length;
      if (size === 0) return '{}';
      const name = `tracker_web_${i}_${form}`;
      declared.push(`extern const char ${name}[${size}];`);
      return `{${name}, ${size}}`;
    };
    const digest = createHash('sha256').update(asset.plain).digest('base64url').slice(0, 22);
    const immutable = asset.path.startsWith('/assets/');
    return (
      `    {"${asset.path}", "${asset.type}", "\\"${digest}\\"", ${view('plain')}, ` +
      `${view('gzip')}, ${view('brotli')}, ${immutable}},`
    );
  });
  return `// Made by web/build/pack.mjs.
#include "http/web_assets.hpp"

extern "C" {
${declared.join('\n')}
}

namespace tracker::http {
namespace {
const Asset table[] = {
${rows.join('\n')}
};
}  // namespace

std::span<const Asset> web_assets() { return table; }

}  // namespace tracker::http
`;
}

const [dist, out] = process.argv.slice(2).map((path) => resolve(path));
const assets = readAssets(dist);
checkBudget(assets);
if (out) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const source = assembler(assets, out);
  writeFileSync(join(out, 'assets.cpp'), table(assets));
  writeFileSync(join(out, 'assets.S'), source);
}

// What spreadsheets put on the clipboard: text/plain with tabs and quotes, and a table in HTML.
// Excel, LibreOffice and Google Sheets quote a cell when it holds a tab, a line break or a quote,
// and double the quotes inside. Pure: no DOM (a DOMParser would also need a trusted type).

export type Matrix = string[][];

export const clipboard_cells_max = 2_000_000;

/** Lines of all kinds end in LF inside our cells. */
function withLf(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** Rows of cells as text/plain; every row ends in CR LF except the last, as a sheet does it. */
export function formatTsv(matrix: Matrix): string {
  const quoted = (cell: string): string =>
    /["\t\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return matrix.map((row) => row.map(quoted).join('\t')).join('\r\n');
}

/**
 * text/plain to rows of cells. A cell is quoted only if it begins with a quote and the matching
 * quote is followed by a tab, a line break or the end: then breaks and tabs inside belong to it.
 * Anything else is taken as it stands, spaces included. One line break at the very end is no row.
 */
export function parseTsv(text: string): Matrix {
  const rows: Matrix = [];
  let row: string[] = [];
  let at = 0;
  let cells = 0;
  for (;;) {
    const quoted = text[at] === '"' ? readQuoted(text, at) : null;
    let end: number;
    if (quoted) {
      row.push(withLf(quoted.cell));
      end = quoted.end;
    } else {
      end = at;
      while (end < text.length && !'\t\n\r'.includes(text[end]!)) ++end;
      row.push(text.slice(at, end));
    }
    if (++cells > clipboard_cells_max) break;
    const mark = text[end];
    if (mark === '\t') {
      at = end + 1;
      continue;
    }
    rows.push(row);
    row = [];
    if (mark === undefined) break;
    at = end + (mark === '\r' && text[end + 1] === '\n' ? 2 : 1);
    if (at >= text.length) break;
  }
  return rows;
}

function readQuoted(text: string, begin: number): { cell: string; end: number } | null {
  let cell = '';
  let at = begin + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return null;
    cell += text.slice(at, quote);
    if (text[quote + 1] === '"') {
      cell += '"';
      at = quote + 2;
      continue;
    }
    const after = text[quote + 1];
    if (after === undefined || after === '\t' || after === '\n' || after === '\r') {
      return { cell, end: quote + 1 };
    }
    return null;
  }
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The same rows as a table whose cells say "text", so that Excel keeps 0010 as it is. */
export function formatHtml(matrix: Matrix): string {
  const cell = (text: string): string =>
    `<td style="mso-number-format:'\\@';white-space:pre-wrap">` +
    `${escapeHtml(text).replaceAll('\n', '<br style="mso-data-placement:same-cell">')}</td>`;
  const rows = matrix.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('');
  return `<html><head><meta charset="utf-8"></head><body><table>${rows}</table></body></html>`;
}

const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};

function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,6});/gi, (whole, name: string) => {
    if (name[0] !== '#') return entities[name.toLowerCase()] ?? whole;
    const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    const bad = code > 0x10ffff || code === 0 || (code >= 0xd800 && code <= 0xdfff);
    return bad ? whole : String.fromCodePoint(code);
  });
}

/**
 * The first table of a text/html clipboard as rows of cells; nothing if there is none. White space
 * folds as a browser shows it, <br> and paragraphs are line breaks, merged cells fill their place
 * with blanks.
 */
export function parseHtmlTable(html: string): Matrix | null {
  const rows: Matrix = [];
  const merged: number[] = []; // per column: rows below that a merged cell still covers
  let row: string[] | null = null;
  let cell: string | null = null;
  let spanRows = 1;
  let spanColumns = 1;
  let preserved = false; // this cell keeps its white space, as our own cells and Excel's do
  let depth = 0;
  let cells = 0;
  const endCell = (): void => {
    if (row === null || cell === null) return;
    const lines = cell.split('\n');
    const kept = preserved ? lines : lines.map((line) => line.replace(/^[ \t]+|[ \t]+$/g, ''));
    const text = decodeEntities(kept.join('\n')).replaceAll('\u00a0', ' ');
    for (let i = 0; i < spanColumns && ++cells <= clipboard_cells_max; ++i) {
      merged[row.length] = spanRows - 1;
      row.push(i === 0 ? text : '');
      fillMerged();
    }
    cell = null;
  };
  const fillMerged = (): void => {
    while (row !== null && (merged[row.length] ?? 0) > 0) {
      merged[row.length]!--;
      row.push('');
    }
  };
  const endRow = (): void => {
    endCell();
    if (row !== null) rows.push(row);
    row = null;
  };
  const tags = /<!--[\s\S]*?-->|<(\/?)([a-z][a-z0-9:]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>|([^<]+|<)/gi;
  for (const [, slash, name, attributes = '', text] of html.matchAll(tags)) {
    const tag = name?.toLowerCase();
    if (text !== undefined) {
      if (cell !== null && depth === 1) {
        const plain = withLf(text);
        cell += preserved ? plain : plain.replace(/[ \t\n]+/g, ' ');
      }
    } else if (tag === 'table') {
      if (slash && depth === 1) break;
      depth += slash ? -1 : 1;
    } else if (depth === 1 && tag === 'tr') {
      endRow();
      if (!slash) {
        row = [];
        fillMerged();
      }
    } else if (depth === 1 && (tag === 'td' || tag === 'th')) {
      endCell();
      if (!slash && row !== null) {
        cell = '';
        const span = (which: string): number => {
          const found = new RegExp(`\\b${which}\\s*=\\s*["']?(\\d{1,3})`, 'i').exec(attributes);
          return Math.max(1, Number(found?.[1] ?? 1));
        };
        spanRows = span('rowspan');
        spanColumns = span('colspan');
        preserved = /white-space\s*:\s*pre/i.test(attributes);
      }
    } else if (cell !== null && depth === 1) {
      if (tag === 'br' || (tag === 'p' && !slash && cell.trim() !== '')) cell += '\n';
    }
  }
  endRow();
  return rows.length > 0 ? rows : null;
}

/** What was on the clipboard, as cells: plain text first, since it is exact; a table otherwise. */
export function parseClipboard(plain: string, html: string): Matrix | null {
  if (plain !== '') return parseTsv(plain);
  return html === '' ? null : parseHtmlTable(html);
}

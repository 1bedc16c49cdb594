// Comma-separated text as spreadsheet programs write it (RFC 4180): comma, semicolon or tab, quotes
// doubled inside quotes, a mark for UTF-8 in front. Pure.

const separators = [',', ';', '\t'];

/** The separator that stands most often in the first line, outside of quotes. */
function separatorOf(text: string): string {
  const line = text.slice(0, 10_000).replace(/"(?:[^"]|"")*"/g, '').split(/\r\n|\r|\n/, 1)[0]!;
  const count = (separator: string): number => line.split(separator).length;
  return separators.reduce((best, one) => (count(one) > count(best) ? one : best));
}

export function parseCsv(input: string): string[][] {
  const text = input.replace(/^\ufeff/, '');
  const separator = separatorOf(text);
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      for (at += 1; at < text.length; ++at) {
        if (text[at] !== '"') cell += text[at];
        else if (text[at + 1] === '"') cell += text[at++];
        else break;
      }
      at += 1;
    }
    const begin = at;
    while (at < text.length && text[at] !== separator && text[at] !== '\r' && text[at] !== '\n') ++at;
    row.push((cell + text.slice(begin, at)).replace(/\r\n?/g, '\n'));
    if (text[at] === separator) {
      at += 1;
      if (at === text.length) row.push('');
      else continue;
    }
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

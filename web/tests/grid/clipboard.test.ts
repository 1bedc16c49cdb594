import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatHtml,
  formatTsv,
  parseClipboard,
  parseHtmlTable,
  parseTsv,
} from '../../src/grid/clipboard';

const cell = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('', '"', '""', 'a\tb', 'a\nb', ' x ', '0010', '=1+1', '\u{1f600}', 'a"b', '<b>&amp;'),
);
// A block as a person can select it: at least one cell, all rows equally long.
const block = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
  .chain(([rows, columns]) =>
    fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
  )
  .map((rows) => rows.map((row) => row.map((text) => text.replace(/\r\n?/g, '\n'))));

describe('plain text', () => {
  test('what we copy we paste again, cell for cell', () => {
    fc.assert(
      fc.property(block, (rows) => {
        // A last row of one blank cell can't be told from the line break that ends a block.
        fc.pre(rows.length === 1 || rows.at(-1)!.length > 1 || rows.at(-1)![0] !== '');
        expect(parseTsv(formatTsv(rows))).toEqual(rows);
      }),
      { numRuns: 1000 },
    );
  });

  test('any text at all is read without a failure, and keeps every plain character', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const rows = parseTsv(text);
        expect(rows.length).toBeGreaterThan(0);
        const letters = (s: string): string => s.replace(/[\s"]/g, '');
        expect(letters(rows.flat().join(''))).toBe(letters(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('as Excel writes it: CR LF, quotes around a line break, one break at the end', () => {
    expect(parseTsv('0010\t"two\nlines"\t"say ""hi"""\r\n=1+1\t  kept \t\r\n')).toEqual([
      ['0010', 'two\nlines', 'say "hi"'],
      ['=1+1', '  kept ', ''],
    ]);
  });

  test('a quote inside a cell, or one that never closes, is just a quote', () => {
    expect(parseTsv('5" nail\tx\n"open\ty')).toEqual([
      ['5" nail', 'x'],
      ['"open', 'y'],
    ]);
    expect(parseTsv('"a" b\tc')).toEqual([['"a" b', 'c']]);
  });

  test('CR LF inside a quoted cell becomes LF', () => {
    expect(parseTsv('"a\r\nb"')).toEqual([['a\nb']]);
  });
});

describe('HTML', () => {
  test('our own table comes back, cell for cell', () => {
    fc.assert(
      fc.property(block, (rows) => {
        expect(parseHtmlTable(formatHtml(rows))).toEqual(rows);
      }),
      { numRuns: 500 },
    );
  });

  test('any text at all is read without a failure', () => {
    const part = fc.constantFrom('<table>', '</table>', '<tr>', '<td rowspan=3>', '<td', '&#x110000;', '"', '<!--', 'x');
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 40 }), (parts) => {
        parseHtmlTable(parts.join(''));
      }),
      { numRuns: 1000 },
    );
  });

  test('what a browser makes of a table: folded blanks, breaks, entities, merged cells', () => {
    const html = `<html><body><p>before</p><table><tbody>
      <tr><td rowspan="2">a</td><td colspan=2> b&nbsp;c
        d </td></tr>
      <tr><td>e<br>f</td><td>&lt;&#65;&#x42;&gt;</td></tr></tbody></table>after</body></html>`;
    expect(parseHtmlTable(html)).toEqual([
      ['a', 'b c d', ''],
      ['', 'e\nf', '<AB>'],
    ]);
  });

  test('without a table there is nothing', () => {
    expect(parseHtmlTable('<p>text</p>')).toBeNull();
  });

  test('plain text is preferred, since it is exact', () => {
    expect(parseClipboard('0010', '<table><tr><td>10</td></tr></table>')).toEqual([['0010']]);
    expect(parseClipboard('', '<table><tr><td>10</td></tr></table>')).toEqual([['10']]);
    expect(parseClipboard('', '')).toBeNull();
  });
});

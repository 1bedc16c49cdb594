// Which rows are shown and in which order: filter terms and sorting. The order is computed when a
// person asks for it and then stands still; rowsMoved() tells how far it is out of date. Pure.
import type { ColumnKey, RowId } from './axis';

export type Read = (row: RowId, column: ColumnKey) => string;

export interface Term {
  /** null: anywhere in the row. */
  readonly column: ColumnKey | null;
  /** What is looked for; `folded` in lower case. */
  readonly text: string;
  readonly folded: string;
  readonly exact: boolean;
  readonly negated: boolean;
  /** As the person wrote it, to show and to take away. */
  readonly source: string;
}

export interface FilterWords {
  /** Names a person may write before "=", folded to lower case, to the column they mean. */
  readonly columns: ReadonlyMap<string, ColumnKey>;
  /** Words with a meaning, such as week=this, by column. */
  readonly words: (column: ColumnKey, word: string) => string | undefined;
  /** Another column that a value means, such as week=2026-W03. */
  readonly column?: (column: ColumnKey, word: string) => ColumnKey;
}

/**
 * `status=wip animator=ana -omit "two words" shot="0010"`: blanks between terms mean "and"; a minus
 * negates; = compares the whole cell when quoted, else its beginning. An unknown name before = is
 * searched as text.
 */
export function parseFilter(text: string, known: FilterWords): Term[] {
  const terms: Term[] = [];
  for (const match of text.matchAll(/(-?)(?:([\p{L}_]+)=)?(?:"([^"]*)"?|([^\s"]*))/gu)) {
    const [source, minus, name, quoted, bare = ''] = match;
    const written = quoted ?? bare;
    const named = known.columns.get((name ?? '').toLowerCase()) ?? null;
    const column = named === null ? null : (known.column?.(named, written) ?? named);
    const word = column === null ? undefined : known.words(column, written.toLowerCase());
    const searched = name !== undefined && column === null ? `${name}=${written}` : written;
    if (searched === '' && quoted === undefined && column === null) continue;
    const isWhole = quoted !== undefined || word !== undefined || written === '';
    const wanted = word ?? searched;
    terms.push({
      column,
      text: wanted,
      folded: wanted.toLowerCase(),
      exact: column !== null && isWhole, // `shot=` asks for blank cells
      negated: minus === '-',
      source,
    });
  }
  return terms;
}

export function matches(
  terms: readonly Term[],
  row: RowId,
  columns: readonly ColumnKey[],
  read: Read,
): boolean {
  return terms.every((term) => {
    const found =
      term.column === null
        ? columns.some((column) => read(row, column).toLowerCase().includes(term.folded))
        : matchesCell(term, read(row, term.column).toLowerCase());
    return found !== term.negated;
  });
}

function matchesCell(term: Term, cell: string): boolean {
  return term.exact ? cell === term.folded : cell.startsWith(term.folded);
}

export interface SortKey {
  readonly column: ColumnKey;
  readonly descending: boolean;
}

// "sh9" before "sh10", and the same in every browser language.
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** A stable order; blank cells last, whichever the direction. */
export function sortRows(rows: readonly RowId[], sort: SortKey | null, read: Read): RowId[] {
  if (!sort) return [...rows];
  const keyed = rows.map((row) => ({ row, text: read(row, sort.column) }));
  const sign = sort.descending ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.text === '' || b.text === '') return Number(a.text === '') - Number(b.text === '');
    return sign * collator.compare(a.text, b.text);
  });
  return keyed.map((entry) => entry.row);
}

export function arrangeRows(
  rows: readonly RowId[],
  terms: readonly Term[],
  sort: SortKey | null,
  columns: readonly ColumnKey[],
  read: Read,
): RowId[] {
  const shown =
    terms.length === 0 ? rows : rows.filter((row) => matches(terms, row, columns, read));
  return sortRows(shown, sort, read);
}

/** How many rows stand elsewhere in `now` than in `shown`, or are in only one of them. */
export function rowsMoved(shown: readonly RowId[], now: readonly RowId[]): number {
  // Rows that keep their order form the longest rising run of places; the others have moved.
  const places = new Map(shown.map((row, index) => [row, index]));
  const tails: number[] = [];
  for (const row of now) {
    const place = places.get(row);
    if (place === undefined) continue;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tails[middle]! < place) low = middle + 1;
      else high = middle;
    }
    tails[low] = place;
  }
  return Math.max(shown.length, now.length) - tails.length;
}

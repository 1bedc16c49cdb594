// What an import would do: columns found by their headings, each row compared with the entry that it
// means. Nothing is written here. Pure.
import type { EntryEdit } from '../lib/api';
import { type CellKey, type Cells, type Entry, cell_keys } from '../lib/types';
import { canonical, problemWith } from '../shots/columns';

export type Target = CellKey | 'id' | '';
export const targets: readonly Target[] = ['', 'id', ...cell_keys];

/** Field (or nothing) for each column of the sheet. */
export type Mapping = readonly Target[];

export interface RowChange {
  readonly row_number: number;
  readonly entry: Entry;
  readonly cells: readonly { key: CellKey; before: string; after: string }[];
}

export interface Refused {
  readonly row_number: number;
  readonly key: CellKey | null;
  readonly text: string;
  readonly problem: ReturnType<typeof problemWith> | 'twice';
}

export interface ImportPlan {
  readonly created: readonly { row_number: number; cells: Cells }[];
  readonly changed: readonly RowChange[];
  readonly unchanged: number;
  readonly refused: readonly Refused[];
}

/** As the program's own list of headings has them, folded. */
const headings: Record<Exclude<Target, ''>, readonly string[]> = {
  id: ['trackerid'],
  animator: ['animator', 'artist', 'animatorname', 'assignedto', 'assignee', 'name'],
  project_type: ['projecttype', 'project', 'type', 'productiontype'],
  episode_title: ['episodetitle', 'episode', 'ep', 'episodename', 'title'],
  scene: ['scene', 'sc', 'sequence', 'seq', 'scenenumber', 'sceneno'],
  shot: ['shot', 'sh', 'shotnumber', 'shotno', 'cut'],
  week_yyyymmdd: ['weekyyyymmdd', 'week', 'weekof', 'weekstart', 'weekstarting', 'weekmon', 'date'],
  status: ['status', 'state', 'shotstatus'],
  notes: ['notes', 'note', 'comment', 'comments', 'remarks'],
};

export function folded(heading: string): string {
  return heading.toLowerCase().normalize('NFKD').replace(/[^\p{L}\p{N}]/gu, '');
}

function targetOf(heading: string, remembered: Readonly<Record<string, string>>): Target {
  const name = folded(heading);
  if (name === '') return '';
  const known = remembered[name];
  if (known === '' || known === 'id' || cell_keys.includes(known as CellKey)) return known as Target;
  const found = Object.entries(headings).find(([, names]) => names.includes(name));
  return (found?.[0] as Target | undefined) ?? '';
}

/** Each field once: the first heading that means it. */
export function mappingOf(
  heads: readonly string[],
  remembered: Readonly<Record<string, string>> = {},
): Target[] {
  const used = new Set<Target>();
  return heads.map((heading) => {
    const target = targetOf(heading, remembered);
    if (target === '' || used.has(target)) return '';
    used.add(target);
    return target;
  });
}

/** The row that looks most like headings, among the first thirty; -1 = none with scene and shot. */
export function headRow(rows: readonly (readonly string[])[]): number {
  let best = -1;
  let best_count = 1;
  rows.slice(0, 30).forEach((row, index) => {
    const found = mappingOf(row).filter((one) => one !== '');
    if (found.length > best_count && found.includes('shot')) {
      best = index;
      best_count = found.length;
    }
  });
  return best;
}

const identity: readonly CellKey[] = ['project_type', 'episode_title', 'scene', 'shot'];

/**
 * Entries that a row without an id may mean: same project, episode, scene and shot, as far as the
 * sheet has these columns; of several the one whose week and animator fit best.
 */
class Finder {
  #by_id = new Map<number, Entry>();
  #by_name = new Map<string, Entry[]>();
  #taken = new Set<number>();
  readonly #keys: readonly CellKey[];

  constructor(entries: readonly Entry[], mapping: Mapping) {
    this.#keys = identity.filter((key) => mapping.includes(key));
    for (const entry of entries) {
      this.#by_id.set(entry.id, entry);
      const name = this.#nameOf(entry.cells);
      this.#by_name.set(name, [...(this.#by_name.get(name) ?? []), entry]);
    }
  }

  #nameOf(cells: Partial<Cells>): string {
    return JSON.stringify(this.#keys.map((key) => cells[key] ?? ''));
  }

  byId(id: number): Entry | 'twice' | null {
    const entry = this.#by_id.get(id);
    if (!entry) return null;
    if (this.#taken.has(id)) return 'twice';
    this.#taken.add(id);
    return entry;
  }

  byName(cells: Partial<Cells>): Entry | null {
    const open = (this.#by_name.get(this.#nameOf(cells)) ?? []).filter(
      ({ id }) => !this.#taken.has(id),
    );
    const fit = (entry: Entry): number =>
      cell_keys.filter((key) => cells[key] !== undefined && cells[key] === entry.cells[key]).length;
    const best = open.sort((a, b) => fit(b) - fit(a) || a.id - b.id)[0];
    if (best) this.#taken.add(best.id);
    return best ?? null;
  }
}

interface ReadRow {
  readonly row_number: number;
  readonly id: number | null;
  readonly cells: Partial<Cells>;
}

function readRows(
  rows: readonly (readonly string[])[],
  numbers: readonly number[],
  mapping: Mapping,
): ReadRow[] {
  const read = rows.map((row, index): ReadRow => {
    const cells: Partial<Cells> = {};
    let id: number | null = null;
    mapping.forEach((target, column) => {
      const text = row[column] ?? '';
      if (target === 'id') id = /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
      else if (target !== '') cells[target] = canonical(target, text);
    });
    return { row_number: numbers[index] ?? index + 1, id, cells };
  });
  return read.filter(({ cells }) => Object.values(cells).some((text) => text !== ''));
}

/** `rows` without the heading. */
export function planImport(
  rows: readonly (readonly string[])[],
  numbers: readonly number[],
  mapping: Mapping,
  entries: readonly Entry[],
): ImportPlan {
  const finder = new Finder(entries, mapping);
  const created: { row_number: number; cells: Cells }[] = [];
  const changed: RowChange[] = [];
  const refused: Refused[] = [];
  let unchanged = 0;
  const read = readRows(rows, numbers, mapping);
  // Rows with an id take their entries first, so that no other row takes them by name.
  const named = new Map(read.map((row) => [row, row.id === null ? null : finder.byId(row.id)]));
  for (const row of read) {
    const by_id = named.get(row) ?? null;
    if (by_id === 'twice') {
      refused.push({ row_number: row.row_number, key: null, text: String(row.id), problem: 'twice' });
      continue;
    }
    const entry = by_id ?? finder.byName(row.cells);
    const cells = { ...Object.fromEntries(cell_keys.map((key) => [key, ''])), ...row.cells } as Cells;
    const wrong = cell_keys
      .filter((key) => row.cells[key] !== undefined || !entry)
      .map((key) => ({ key, text: cells[key], problem: problemWith(key, cells[key]) }))
      .find(({ problem }) => problem !== null);
    if (wrong) {
      refused.push({ row_number: row.row_number, ...wrong });
      continue;
    }
    if (!entry) {
      created.push({ row_number: row.row_number, cells });
      continue;
    }
    const differing = cell_keys
      .filter((key) => row.cells[key] !== undefined && row.cells[key] !== entry.cells[key])
      .map((key) => ({ key, before: entry.cells[key], after: row.cells[key]! }));
    if (differing.length === 0) ++unchanged;
    else changed.push({ row_number: row.row_number, entry, cells: differing });
  }
  return { created, changed, unchanged, refused };
}

/** The request's body. */
export function workOf(plan: ImportPlan): { change: EntryEdit[]; create: object[] } {
  return {
    create: plan.created.map(({ cells }) => cells),
    change: plan.changed.map(({ entry, cells }) => ({
      id: entry.id,
      version: entry.version,
      ...Object.fromEntries(cells.map(({ key, after }) => [key, after])),
    })),
  };
}

// The Shots grid's data as the grid's view wants them: which rows are shown and in which order,
// what a gesture writes, and how it is undone.
import { type Axes, Axis, type ColumnKey, type RowId } from '../grid/axis';
import {
  type SortKey,
  type Term,
  arrangeRows,
  matches,
  parseFilter,
  rowsMoved,
} from '../grid/arrange';
import type { CellWrite, PastePlan } from '../grid/change';
import type { GridColumn, GridHost, GridWords } from '../grid/host';
import type { Selection } from '../grid/selection';
import { type CellChange, type UndoPlan, UndoStack } from '../grid/undo';
import { mondayOf, timeText, yearWeekText } from '../lib/format';
import { language, t } from '../lib/i18n';
import { type CellKey, cell_keys } from '../lib/types';
import { type ShotColumnKey, shot_columns } from './columns';
import type { EntryStore } from './entry_store';
import { type Layout, columnsOf, headWidth, moved, resized } from './layout';
import { type Look, paintCell, paintRowHead } from './paint';

/** What a sentence offers to do. */
export interface Action {
  readonly label: string;
  readonly run: () => void;
}

export interface SheetListener {
  /** The rows shown are others, or in another order. */
  arranged(): void;
  repaintHead(): void;
  /** Columns or heights are others. */
  laidOut(layout: Layout): void;
  selected(selection: Selection | null): void;
  open(row: RowId): void;
  /** A new row, with the cursor in it. */
  addRow(): void;
  say(text: string, kind: 'info' | 'problem', action?: Action): void;
  /** A block reaches past the last row. */
  askToAddRows(count: number): Promise<boolean>;
  mayWrite(): boolean;
}

const filter_names: Record<string, ShotColumnKey> = {
  type: 'project_type',
  project: 'project_type',
  episode: 'episode_title',
  ep: 'episode_title',
  week: 'week_yyyymmdd',
};

/** Searched, never shown: the ISO week of a row's date, "2026-w03". */
const iso_week = 'iso_week';

export class Sheet implements GridHost {
  columns: readonly GridColumn[] = [];
  readonly words: GridWords = {
    grid: t('shots'),
    row_number: t('row_number'),
    copied: (cells) => t('copied', { n: cells }),
    read_only: (column) => t('read_only', { column }),
    sort_by: (column) => t('sort_by', { column }),
  };
  readonly #undo = new UndoStack();
  #column_axis = new Axis<ColumnKey>([]);
  #layout: Layout;
  #rows = new Axis<RowId>([]);
  #terms: Term[] = [];
  #sort: SortKey | null = null;

  constructor(
    private readonly store: EntryStore,
    private readonly listener: SheetListener,
    layout: Layout,
    /** What a cell shows besides its own text. */
    private readonly look: Look,
  ) {
    this.#layout = layout;
    this.#takeColumns();
  }

  // ---- Columns

  get layout(): Layout {
    return this.#layout;
  }

  get row_height(): number {
    return this.#layout.row_height;
  }

  get head_width(): number {
    return headWidth(this.#layout, this.#rows.length);
  }

  setLayout(layout: Layout): void {
    this.#layout = layout;
    this.#takeColumns();
    this.listener.laidOut(layout);
  }

  #takeColumns(): void {
    const columns = columnsOf(this.#layout, shot_columns);
    this.columns = columns.map((column) => ({ ...column, title: t(column.title) }));
    this.#column_axis = new Axis<ColumnKey>(columns.map((column) => column.key));
  }

  resizeColumn(column: ColumnKey, width: number): void {
    this.setLayout(resized(this.#layout, column, width));
  }

  moveColumn(column: ColumnKey, to: ColumnKey): void {
    this.setLayout(moved(this.#layout, column, to));
  }

  // ---- Which rows, in which order

  axes(): Axes {
    return { rows: this.#rows, columns: this.#column_axis };
  }

  get terms(): readonly Term[] {
    return this.#terms;
  }

  get sorting(): SortKey | null {
    return this.#sort;
  }

  #filter = '';

  get filter(): string {
    return this.#filter;
  }

  setFilter(text: string): void {
    this.#filter = text;
    const columns = new Map<string, ColumnKey>(Object.entries(filter_names));
    for (const column of shot_columns) columns.set(column.key, column.key);
    this.#terms = parseFilter(text, {
      columns,
      words: (column, word) => {
        if (column === 'week_yyyymmdd' && word === 'this') return mondayOf(new Date());
        return column === iso_week ? word : undefined;
      },
      column: (column, word) =>
        column === 'week_yyyymmdd' && /^\d{4}-w\d\d$/i.test(word) ? iso_week : column,
    });
    this.arrange();
  }

  setSort(sort: SortKey | null): void {
    this.#sort = sort;
    this.arrange();
    this.listener.repaintHead();
  }

  /** Ascending, descending, off. */
  sort(column: ColumnKey): void {
    if (this.#sort?.column !== column) this.setSort({ column, descending: false });
    else if (!this.#sort.descending) this.setSort({ column, descending: true });
    else this.setSort(null);
  }

  sortOf(column: ColumnKey): 'ascending' | 'descending' | null {
    if (this.#sort?.column !== column) return null;
    return this.#sort.descending ? 'descending' : 'ascending';
  }

  #arranged(): RowId[] {
    const columns = this.#column_axis.keys;
    return arrangeRows(this.store.rows, this.#terms, this.#sort, columns, this.read);
  }

  /** Filter and sort anew. */
  arrange(): void {
    this.#rows = new Axis(this.#arranged());
    this.listener.arranged();
  }

  /** Rows that would stand elsewhere, come or go if it were arranged now. */
  get moved(): number {
    if (!this.#sort && this.#terms.length === 0) return 0;
    return rowsMoved(this.#rows.keys, this.#arranged());
  }

  /** The store's rows changed: what is shown keeps its place, new rows find theirs. */
  rowsChanged(): void {
    const shown = this.#rows;
    const columns = this.#column_axis.keys;
    const isShown = (row: RowId): boolean =>
      shown.has(row) || row < 0 || matches(this.#terms, row, columns, this.read);
    if (this.#sort === null) {
      this.#rows = new Axis(this.store.rows.filter(isShown));
    } else {
      const kept = shown.keys.filter((row) => this.store.has(row));
      const added = this.store.rows.filter((row) => !shown.has(row) && isShown(row));
      this.#rows = new Axis([...kept, ...added]);
    }
    this.listener.arranged();
  }

  renameRow(from: RowId, to: RowId): void {
    this.#rows = new Axis(this.#rows.keys.map((row) => (row === from ? to : row)));
    this.#undo.renameRow(from, to);
  }

  // ---- What the view shows

  read = (row: RowId, column: ColumnKey): string =>
    column === iso_week
      ? yearWeekText(this.store.text(row, 'week_yyyymmdd'))
      : this.store.text(row, column as ShotColumnKey);

  paint(cell: HTMLElement, row: RowId, column: ColumnKey): void {
    const key = column as ShotColumnKey;
    const mark = cell_keys.includes(key as CellKey) ? this.store.mark(row, key as CellKey) : null;
    const text = this.store.text(row, key);
    paintCell(cell, this.store.entry(row), key, text, mark, this.look, !this.#layout.pictures);
  }

  paintRowHead(cell: HTMLElement, row: RowId, index: number): void {
    const entry = this.#layout.pictures ? this.store.entry(row) : undefined;
    paintRowHead(cell, entry, index + 1, this.store.isDraft(row));
  }

  suggestions(column: ColumnKey, typed: string): string[] {
    const begin = typed.toLowerCase();
    const counts = new Map<string, number>();
    if (column === 'status') {
      for (const one of this.look.statuses()) {
        if (one.toLowerCase().startsWith(begin)) counts.set(one, 1_000_000); // the list comes first
      }
    }
    for (const row of this.store.rows) {
      const text = this.read(row, column);
      if (text !== '' && text.toLowerCase().startsWith(begin)) {
        counts.set(text, (counts.get(text) ?? 0) + 1);
      }
    }
    return [...counts].sort((a, b) => b[1] - a[1]).map(([text]) => text);
  }

  quickValue(column: ColumnKey): string | null {
    return column === 'week_yyyymmdd' ? mondayOf(new Date()) : null;
  }

  selected(selection: Selection | null): void {
    this.listener.selected(selection);
  }

  open(row: RowId): void {
    this.listener.open(row);
  }

  say(text: string): void {
    this.listener.say(text, 'info');
  }

  // ---- What a gesture does

  write(writes: readonly CellWrite[]): void {
    if (!this.listener.mayWrite()) return;
    const changes = this.#edit(writes);
    this.#undo.push({ changes, inserted: [], deleted: [] });
    if (changes.length > 1) this.#sayChanged('cells_changed', changes.length, changes);
  }

  #edit(writes: readonly CellWrite[]): ReturnType<EntryStore['edit']> {
    return this.store.edit(writes.map((write) => ({ ...write, column: write.column as CellKey })));
  }

  #sayChanged(
    key: 'cells_changed' | 'cells_pasted',
    count: number,
    changes: readonly { row: RowId; column: ColumnKey }[],
  ): void {
    const refused = changes.filter(
      ({ row, column }) => this.store.mark(row, column as CellKey)?.kind === 'refused',
    ).length;
    const text = t(key, { n: count });
    this.listener.say(
      refused === 0 ? text : `${text}, ${t('cells_refused', { n: refused })}`,
      refused === 0 ? 'info' : 'problem',
    );
  }

  paste(plan: PastePlan): void {
    void this.#paste(plan);
  }

  async #paste(plan: PastePlan): Promise<void> {
    if (!this.listener.mayWrite()) return;
    const isAdding =
      plan.newRows.length > 0 && (await this.listener.askToAddRows(plan.newRows.length));
    const writes = plan.writes.map((write) => ({ ...write, column: write.column as CellKey }));
    const { changes, inserted } = this.store.write(writes, isAdding ? plan.newRows : []);
    this.#undo.push({ changes, inserted, deleted: [] });
    const added = isAdding ? plan.newRows.flatMap((row) => Object.keys(row)).length : 0;
    this.#sayChanged('cells_pasted', plan.writes.length + added, changes);
    if (plan.outside > 0) this.listener.say(t('paste_outside', { n: plan.outside }), 'problem');
  }

  addRow(): void {
    this.listener.addRow();
  }

  /** A new row that begins like the given one; returns its id. */
  insertRow(like: RowId | null, own_name: string): RowId | null {
    if (!this.listener.mayWrite()) return null;
    const cells: Partial<Record<CellKey, string>> = {
      animator: own_name,
      week_yyyymmdd: mondayOf(new Date()),
    };
    if (like !== null) {
      for (const key of ['animator', 'project_type', 'episode_title'] as const) {
        cells[key] = this.store.text(like, key);
      }
    }
    const inserted = this.store.insert([cells]);
    this.#undo.push({ changes: [], inserted, deleted: [] });
    return inserted[0] ?? null;
  }

  removeRows(rows: readonly RowId[]): void {
    if (!this.listener.mayWrite()) return;
    const deleted = this.store.remove(rows);
    this.#undo.push({ changes: [], inserted: [], deleted });
    this.listener.say(t('rows_deleted', { n: deleted.length }), 'info');
  }

  undo(): void {
    if (!this.listener.mayWrite()) return;
    this.#applyPlan(this.#undo.undo(this.#readIfThere), t('undone'), t('nothing_to_undo'));
  }

  redo(): void {
    if (!this.listener.mayWrite()) return;
    this.#applyPlan(this.#undo.redo(this.#readIfThere), t('redone'), t('nothing_to_redo'));
  }

  #readIfThere = (row: RowId, column: ColumnKey): string | undefined =>
    this.store.has(row) ? this.read(row, column) : undefined;

  #applyPlan(plan: UndoPlan | null, done: string, nothing: string): void {
    if (!plan) {
      this.listener.say(nothing, 'info');
      return;
    }
    const { step, kept } = plan;
    this.store.takeBack(step);
    if (kept.length === 0) this.listener.say(done, 'info');
    else this.#sayKept(kept);
  }

  /** Cells that undo left alone, who changed them, and the way to have it all the same. */
  #sayKept(kept: readonly CellChange[]): void {
    const touch = this.store.touches.of(kept[0]!.row, kept[0]!.column);
    const text = touch
      ? t('undo_kept_by', {
          n: kept.length,
          author: touch.author || t('somebody'),
          time: timeText(touch.at, language(), new Date()),
        })
      : t('undo_kept', { n: kept.length });
    const writes = kept
      .filter(({ row }) => this.store.has(row))
      .map(({ row, column, after }) => ({ row, column: column as CellKey, text: after }));
    const run = (): void => void this.store.edit(writes, true);
    this.listener.say(text, 'problem', { label: t('restore'), run });
  }
}

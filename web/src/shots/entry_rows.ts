// The rows themselves: what the program said of each, over it what was typed here and is on its
// way, and which rows are out of sight because their deletion is. Nothing is sent from here.
//
// Rows that are not yet in the program have negative ids; finalId() knows which one they got.
import {
  type CellKey,
  type Change,
  type Conflict,
  type Entry,
  type EntryJson,
  type Pictures,
  cell_keys,
  cellsFrom,
  entryFrom,
} from '../lib/types';
import { CellStates, type Mark } from './cell_states';
import { type ShotColumnKey, isMeasured, textOf } from './columns';
import { Touches } from './touches';

export interface StoreListener {
  /** Rows came or went. */
  rows(): void;
  cells(rows: ReadonlySet<number>): void;
  renamed(from: number, to: number): void;
  /** A sentence for the person. */
  say(text: string, kind: 'info' | 'problem'): void;
  outbox(): void;
  sessionEnded(): void;
}

export class EntryRows {
  readonly states: CellStates;
  readonly touches = new Touches();
  /** Newest version of a row that is our own doing. */
  readonly own = new Map<number, number>();
  /** Temporary ids on their way. */
  readonly inserting = new Set<number>();
  #entries = new Map<number, Entry>();
  #hidden = new Set<number>();
  #ids = new Map<number, number>();
  #order: number[] | null = null;

  constructor(private readonly listener: StoreListener) {
    this.states = new CellStates((rows) => listener.cells(rows));
  }

  // ---- Reading

  /** Every row that exists here: by id, new ones last. */
  get all(): readonly number[] {
    this.#order ??= [...this.#entries.keys()]
      .filter((row) => !this.#hidden.has(row))
      .sort((a, b) => (a > 0 === b > 0 ? Math.abs(a) - Math.abs(b) : b - a));
    return this.#order;
  }

  entry(row: number): Entry | undefined {
    return this.#entries.get(row);
  }

  has(row: number): boolean {
    return this.#entries.has(row) && !this.#hidden.has(row);
  }

  isHidden(row: number): boolean {
    return this.#hidden.has(row);
  }

  /** A row that waits here until it has all that the program asks for. */
  isDraft(row: number): boolean {
    return row < 0 && !this.inserting.has(row) && this.#entries.has(row);
  }

  get drafts(): number {
    return [...this.#entries.keys()].filter((row) => this.isDraft(row)).length;
  }

  finalId(row: number): number {
    return this.#ids.get(row) ?? row;
  }

  text(row: number, column: ShotColumnKey): string {
    const entry = this.#entries.get(row);
    if (!entry) return '';
    if (isMeasured(column)) return textOf(entry, column);
    return this.states.overlay(row, column)?.text ?? entry.cells[column];
  }

  mark(row: number, column: CellKey): Mark | null {
    return this.states.mark(row, column, this.#entries.get(row)?.cells[column] ?? '');
  }

  // ---- What the program says

  /**
   * The whole list, part by part. Drafts and unsettled texts stay; at the end, rows that were not
   * listed go, unless they are newer than `cursor`.
   */
  beginListing(): { add(part: readonly EntryJson[]): void; end(cursor: number): void } {
    const listed = new Set<number>();
    return {
      add: (part) => {
        for (const json of part) {
          listed.add(json.id);
          this.take(json);
        }
        this.listener.rows();
        this.listener.cells(new Set(part.map((json) => json.id)));
      },
      end: (cursor) => {
        const gone = [...this.#entries.values()].filter(
          ({ id, version }) => id > 0 && !listed.has(id) && version <= cursor,
        );
        for (const { id } of gone) this.forget(id);
        if (gone.length > 0) this.listener.rows();
      },
    };
  }

  apply(changes: readonly Change[]): void {
    let moved = false;
    for (const change of changes) moved = this.#applyOne(change) || moved;
    if (moved) this.listener.rows();
    this.listener.cells(new Set(changes.map((change) => change.entry_id)));
  }

  /** True if a row came or went. */
  #applyOne(change: Change): boolean {
    const known = this.#entries.get(change.entry_id);
    if (known && known.version >= change.seq) return false;
    if (change.op === 'delete') {
      this.forget(change.entry_id);
      return known !== undefined;
    }
    const cells = change.after ? cellsFrom(change.after) : known?.cells;
    if (!cells) return false;
    for (const key of known ? cell_keys : []) {
      if (cells[key] !== known!.cells[key]) this.touches.note(known!.id, key, change);
      if (cells[key] === known!.cells[key] || this.states.overlay(known!.id, key)) continue;
      this.states.flash(known!.id, key, { kind: 'live', author: change.author });
    }
    const { media } = change.entry ?? change;
    this.put({
      id: change.entry_id,
      cells,
      version: change.seq,
      created_at: known?.created_at ?? change.at,
      updated_at: change.at,
      extra: change.extra ?? known?.extra ?? {},
      media: media === undefined ? (known?.media ?? null) : media,
      doubts: change.entry?.doubts ?? known?.doubts ?? [],
    });
    return known === undefined;
  }

  setConflicts(conflicts: readonly Conflict[]): void {
    this.listener.cells(this.states.setConflicts(conflicts));
  }

  /** Pictures came of what some rows show. */
  takePictures(pictures: readonly Pictures[]): void {
    const by_digest = new Map(pictures.map((one) => [one.source_digest, one]));
    const rows = new Set<number>();
    for (const entry of this.#entries.values()) {
      const found = by_digest.get(entry.media?.source_digest ?? '');
      if (!found || !entry.media) continue;
      entry.media = { ...entry.media, ...found };
      rows.add(entry.id);
    }
    if (rows.size > 0) this.listener.cells(rows);
  }

  /** An answer's row, unless a newer one is known. */
  take(json: EntryJson): void {
    if ((this.#entries.get(json.id)?.version ?? -1) <= json.version) this.put(entryFrom(json));
  }

  /** A row that an own request made or changed. */
  takeOwn(json: EntryJson): void {
    this.take(json);
    this.own.set(json.id, json.version);
  }

  // ---- Coming and going

  put(entry: Entry): void {
    if (!this.#entries.has(entry.id)) this.#order = null;
    this.#entries.set(entry.id, entry);
  }

  forget(row: number): void {
    this.#entries.delete(row);
    this.#hidden.delete(row);
    this.states.forgetRow(row);
    this.#order = null;
  }

  /** Out of sight while their deletion is on its way, or back again. */
  hide(rows: readonly number[], isHidden: boolean): void {
    for (const row of rows) {
      if (isHidden) this.#hidden.add(row);
      else this.#hidden.delete(row);
    }
    this.#order = null;
  }

  /** A new row got its id. */
  adopt(row: number, json: EntryJson): void {
    this.#ids.set(row, json.id);
    this.#entries.delete(row);
    this.#order = null;
    this.states.renameRow(row, json.id);
    if (this.#hidden.delete(row)) this.#hidden.add(json.id);
    this.takeOwn(json);
  }
}

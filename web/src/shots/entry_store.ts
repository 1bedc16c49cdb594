// All entries as the page knows them, and what a person does with them. Edits show at once; the
// answer, a live change or a refusal settles them (entry_rows.ts holds the rows, entry_sender.ts
// sends what was done).
import type { CellChange, Step } from '../grid/undo';
import type { Api } from '../lib/api';
import { t } from '../lib/i18n';
import type { KeptWrites } from '../lib/kept';
import type { Outbox } from '../lib/outbox';
import {
  type CellKey,
  type Change,
  type Conflict,
  type Entry,
  type EntryJson,
  type Pictures,
  cell_keys,
  cellsFrom,
  newEntry,
} from '../lib/types';
import type { Mark } from './cell_states';
import { type ShotColumnKey, canonical, problemWith } from './columns';
import type { SentChange } from './edit_request';
import { EntryRows, type StoreListener } from './entry_rows';
import { EntrySender } from './entry_sender';
import type { Touches } from './touches';

export interface EntryWrite {
  readonly row: number;
  readonly column: CellKey;
  readonly text: string;
}

export type NewRow = Readonly<Partial<Record<CellKey, string>>>;

export class EntryStore {
  readonly outbox: Outbox;
  readonly touches: Touches;
  readonly #rows: EntryRows;
  readonly #sender: EntrySender;
  #dropped = new Map<number, Entry>(); // drafts deleted here, for undo
  #held_back: Change[] = []; // live changes that wait for the answer to an insert
  #next_draft = -1;

  /** `kept`: where writes survive a reload; without it they live as long as the page. */
  constructor(
    api: Api,
    private readonly listener: StoreListener,
    kept: KeptWrites | null = null,
  ) {
    this.#rows = new EntryRows(listener);
    this.#sender = new EntrySender(api, this.#rows, listener, kept, () =>
      this.apply(this.#held_back.splice(0)),
    );
    this.outbox = this.#sender.outbox;
    this.touches = this.#rows.touches;
  }

  // ---- Reading

  /** Every row that exists here: by id, new ones last. */
  get rows(): readonly number[] {
    return this.#rows.all;
  }

  entry(row: number): Entry | undefined {
    return this.#rows.entry(row);
  }

  has(row: number): boolean {
    return this.#rows.has(row);
  }

  text(row: number, column: ShotColumnKey): string {
    return this.#rows.text(row, column);
  }

  mark(row: number, column: CellKey): Mark | null {
    return this.#rows.mark(row, column);
  }

  /** Rows that stand only in this page. */
  get drafts(): number {
    return this.#rows.drafts;
  }

  isDraft(row: number): boolean {
    return this.#rows.isDraft(row);
  }

  // ---- What the program says

  /** The whole list at once. */
  load(entries: readonly EntryJson[]): void {
    const listing = this.beginListing();
    listing.add(entries);
    listing.end(Infinity);
  }

  beginListing(): ReturnType<EntryRows['beginListing']> {
    return this.#rows.beginListing();
  }

  apply(changes: readonly Change[]): void {
    // The row of an answer that is still under way must not show up twice.
    if (this.#rows.inserting.size > 0) this.#held_back.push(...changes);
    else this.#rows.apply(changes);
  }

  setConflicts(conflicts: readonly Conflict[]): void {
    this.#rows.setConflicts(conflicts);
  }

  takePictures(pictures: readonly Pictures[]): void {
    this.#rows.takePictures(pictures);
  }

  // ---- What a person does

  edit(writes: readonly EntryWrite[], force = false): CellChange[] {
    return this.write(writes, [], force).changes;
  }

  insert(rows: readonly NewRow[]): number[] {
    return this.write([], rows).inserted;
  }

  /**
   * Cells become these texts and rows are added, as one write. Returns what changed and the new
   * rows, for undo. A text that breaks a rule stays here, marked, and is not sent; a new row that
   * lacks scene or shot waits here as a draft. `force` writes over newer values.
   */
  write(
    writes: readonly EntryWrite[],
    added: readonly NewRow[],
    force = false,
  ): { changes: CellChange[]; inserted: number[] } {
    const job = this.#sender.newJob();
    const done: CellChange[] = [];
    const sent: SentChange[] = [];
    const drafts = new Set<number>();
    for (const write of writes) {
      const row = this.#rows.finalId(write.row);
      const entry = this.#rows.entry(row);
      if (!entry || !this.#rows.has(row)) continue;
      const text = canonical(write.column, write.text);
      const before = this.text(row, write.column);
      const kind = this.#rows.states.overlay(row, write.column)?.mark.kind ?? 'pending';
      if (text === before && kind === 'pending' && !force) continue;
      done.push({ row, column: write.column, before, after: text });
      if (this.isDraft(row)) {
        entry.cells[write.column] = text;
        drafts.add(row);
      } else if (this.#stage(entry, write.column, text, job)) {
        sent.push({ row, column: write.column, text, seen: entry.version });
      }
    }
    const inserted = added.map((row) => this.#draft(row));
    if (inserted.length > 0) this.listener.rows();
    const ready = [...drafts, ...inserted].filter((row) => this.#isReady(row));
    this.#sender.write(job, sent, ready, force);
    this.listener.cells(new Set([...done.map((change) => change.row), ...ready]));
    return { changes: done, inserted };
  }

  /** Shows a typed text; true if it must be sent. */
  #stage(entry: Entry, column: CellKey, text: string, job: number): boolean {
    const { states } = this.#rows;
    const problem = problemWith(column, text);
    if (problem) {
      const reason = t(problem.key, problem.values);
      states.lay(entry.id, column, { text, mark: { kind: 'refused', reason }, job: null });
      return false;
    }
    if (text === entry.cells[column] && states.overlay(entry.id, column)?.job === null) {
      states.lift(entry.id, column); // back to what the program has
      return false;
    }
    states.lay(entry.id, column, { text, mark: { kind: 'pending' }, job });
    return true;
  }

  #draft(row: NewRow): number {
    const cells = cellsFrom(row);
    for (const key of cell_keys) cells[key] = canonical(key, cells[key]);
    const id = this.#next_draft--;
    this.#rows.put(newEntry(id, cells));
    return id;
  }

  /** Has a draft all that the program asks for? */
  #isReady(row: number): boolean {
    const cells = this.#rows.entry(row)?.cells;
    if (!cells || !this.isDraft(row)) return false;
    return cell_keys.every((key) => problemWith(key, cells[key]) === null);
  }

  /** Rows go away; the answer has them as they were known. */
  remove(rows: readonly number[]): number[] {
    const known = rows.map((row) => this.#rows.finalId(row)).filter((row) => this.has(row));
    this.#sender.remove(this.#hide(known));
    this.listener.rows();
    return known;
  }

  /**
   * A step of undo or redo: deleted rows come back with their ids, added ones go. What one request
   * did goes by one request and is no mass deletion.
   */
  takeBack({ changes, inserted, deleted }: Step): void {
    const rest = this.#sender.restore(this.#show(inserted), changes);
    const known = deleted.map((row) => this.#rows.finalId(row)).filter((row) => this.has(row));
    const left = this.#sender.remove(this.#hide(known), rest);
    this.edit(left.map(({ row, column, after }) => ({ row, column: column as CellKey, text: after })));
    this.listener.rows();
  }

  /** Returns those that the program knows; drafts are gone with that. */
  #hide(known: readonly number[]): number[] {
    const sent = known.filter((row) => !this.isDraft(row));
    for (const row of known.filter((one) => this.isDraft(one))) {
      this.#dropped.set(row, this.#rows.entry(row)!);
      this.#rows.forget(row);
    }
    this.#rows.hide(sent, true);
    return sent;
  }

  /** Returns those that the program must bring back; drafts are there with that. */
  #show(rows: readonly number[]): number[] {
    const gone: number[] = [];
    for (const row of rows.map((one) => this.#rows.finalId(one))) {
      const draft = this.#dropped.get(row);
      if (draft) this.#rows.put(draft);
      else gone.push(row);
      this.#dropped.delete(row);
    }
    return gone;
  }

  /** A text that stands only here is given up for what the program has. */
  dismiss(row: number, column: CellKey): void {
    this.#rows.states.lift(row, column);
    this.listener.cells(new Set([row]));
  }

  /** What was typed before the page was loaded anew goes on its way again. Once, after load(). */
  async resume(): Promise<void> {
    const lowest = await this.#sender.resume();
    this.#next_draft = Math.min(this.#next_draft, lowest - 1);
    this.listener.rows();
    this.listener.outbox();
  }
}

// All entries as the page knows them: what the program said, and over it what was typed here and is
// on its way. Edits show at once; the answer, a live change or a refusal settles them.
//
// Rows that are not yet in the program (new ones, and drafts that lack scene or shot) have negative
// ids; `renamed` tells when a row gets its final one.
import type { CellChange } from '../grid/undo';
import { type Api, ApiError, type EntriesAnswer, randomKey } from '../lib/api';
import { t } from '../lib/i18n';
import type { Kept, KeptWrite, KeptWrites } from '../lib/kept';
import { Outbox } from '../lib/outbox';
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
import { Batches, type WholeBatch } from './batches';
import { CellStates, type Mark } from './cell_states';
import { type ShotColumnKey, canonical, isMeasured, problemWith, textOf } from './columns';
import { type SentChange, bodyOf, inRequests, refusalOf } from './edit_request';
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

export interface EntryWrite {
  readonly row: number;
  readonly column: CellKey;
  readonly text: string;
}

const rounds_max = 200; // "all but the refused ones" before a whole write counts as refused

/** An answer that the outbox must wait for and ask again. */
function isTransient(reason: unknown): boolean {
  return !(reason instanceof ApiError) || reason.isPassing || reason.status === 401;
}

export class EntryStore {
  readonly outbox: Outbox;
  readonly #states: CellStates;
  #entries = new Map<number, Entry>();
  #hidden = new Set<number>(); // deleted here, not answered yet
  #ids = new Map<number, number>(); // temporary id -> final id
  #dropped = new Map<number, Entry>(); // drafts deleted here, for undo
  #own = new Map<number, number>(); // newest version of a row that is our own doing
  #inserting = new Set<number>(); // temporary ids on their way
  #held_back: Change[] = []; // live changes that wait for the answer to an insert
  #order: number[] | null = null;
  readonly touches = new Touches();
  #added = new Batches(); // rows that one request of ours brought
  #removed = new Batches(); // rows that one request of ours took away
  #next_draft = -1;
  #next_job = 1;

  /** `kept`: where writes survive a reload; without it they live as long as the page. */
  constructor(
    private readonly api: Api,
    private readonly listener: StoreListener,
    private readonly kept: KeptWrites | null = null,
  ) {
    this.#states = new CellStates((row) => listener.cells(new Set([row])));
    this.outbox = new Outbox(
      () => listener.outbox(),
      () => listener.sessionEnded(),
    );
  }

  // ---- Reading

  /** Every row that exists here: by id, new ones last. */
  get rows(): readonly number[] {
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

  text(row: number, column: ShotColumnKey): string {
    const entry = this.#entries.get(row);
    if (!entry) return '';
    if (isMeasured(column)) return textOf(entry, column);
    return this.#states.overlay(row, column)?.text ?? entry.cells[column];
  }

  mark(row: number, column: CellKey): Mark | null {
    return this.#states.mark(row, column, this.#entries.get(row)?.cells[column] ?? '');
  }

  /** Rows that stand only in this page. */
  get drafts(): number {
    return [...this.#entries.keys()].filter((row) => this.isDraft(row)).length;
  }

  /** A row that waits here until it has all that the program asks for. */
  isDraft(row: number): boolean {
    return row < 0 && !this.#inserting.has(row) && this.#entries.has(row);
  }

  // ---- What the program says

  /** The whole list at once. */
  load(entries: readonly EntryJson[]): void {
    const listing = this.beginListing();
    listing.add(entries);
    listing.end(Infinity);
  }

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
          this.#upsert(json);
        }
        this.listener.rows();
        this.listener.cells(new Set(part.map((json) => json.id)));
      },
      end: (cursor) => {
        const gone = [...this.#entries.values()].filter(
          ({ id, version }) => id > 0 && !listed.has(id) && version <= cursor,
        );
        for (const { id } of gone) this.#forget(id);
        if (gone.length > 0) this.listener.rows();
      },
    };
  }

  apply(changes: readonly Change[]): void {
    if (this.#inserting.size > 0) {
      // The row of an answer that is still under way must not show up twice.
      this.#held_back.push(...changes);
      return;
    }
    let moved = false;
    for (const change of changes) moved = this.#applyOne(change) || moved;
    if (moved) this.listener.rows();
    this.listener.cells(new Set(changes.map((change) => change.entry_id)));
  }

  setConflicts(conflicts: readonly Conflict[]): void {
    this.listener.cells(this.#states.setConflicts(conflicts));
  }

  /** True if a row came or went. */
  #applyOne(change: Change): boolean {
    const known = this.#entries.get(change.entry_id);
    if (known && known.version >= change.seq) return false;
    if (change.op === 'delete') {
      this.#forget(change.entry_id);
      return known !== undefined;
    }
    const cells = change.after ? cellsFrom(change.after) : known?.cells;
    if (!cells) return false;
    for (const key of known ? cell_keys : []) {
      if (cells[key] !== known!.cells[key]) this.touches.note(known!.id, key, change);
      if (cells[key] === known!.cells[key] || this.#states.overlay(known!.id, key)) continue;
      this.#states.flash(known!.id, key, { kind: 'live', author: change.author });
    }
    const { media } = change.entry ?? change;
    this.#put({
      id: change.entry_id,
      cells,
      version: change.seq,
      created_at: known?.created_at ?? change.at,
      updated_at: change.at,
      extra: change.extra ?? known?.extra ?? {},
      media: media === undefined ? (known?.media ?? null) : media,
    });
    return known === undefined;
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

  #put(entry: Entry): void {
    if (!this.#entries.has(entry.id)) this.#order = null;
    this.#entries.set(entry.id, entry);
  }

  #upsert(json: EntryJson): void {
    if ((this.#entries.get(json.id)?.version ?? -1) <= json.version) this.#put(entryFrom(json));
  }

  #forget(row: number): void {
    this.#entries.delete(row);
    this.#hidden.delete(row);
    this.#states.forgetRow(row);
    this.#order = null;
  }

  // ---- What a person does

  /**
   * Cells become these texts, as one write. Returns what changed, for undo. A text that breaks a
   * rule stays here, marked, and is not sent. `force` writes over newer values.
   */
  edit(writes: readonly EntryWrite[], force = false): CellChange[] {
    const job = this.#next_job++;
    const done: CellChange[] = [];
    const sent: SentChange[] = [];
    const drafts = new Set<number>();
    for (const write of writes) {
      const row = this.#ids.get(write.row) ?? write.row;
      const entry = this.#entries.get(row);
      if (!entry || this.#hidden.has(row)) continue;
      const text = canonical(write.column, write.text);
      const before = this.text(row, write.column);
      const kind = this.#states.overlay(row, write.column)?.mark.kind ?? 'pending';
      if (text === before && kind === 'pending' && !force) continue;
      done.push({ row, column: write.column, before, after: text });
      if (this.isDraft(row)) {
        entry.cells[write.column] = text;
        drafts.add(row);
      } else if (this.#stage(entry, write.column, text, job)) {
        sent.push({ row, column: write.column, text, seen: entry.version });
      }
    }
    for (const part of inRequests(sent, ({ row }) => row, ({ text }) => text)) {
      const kept = this.#keep({ kind: 'edit', changes: part, force });
      this.outbox.add({ size: part.length, run: this.#sendEdit(job, part, kept) });
    }
    this.#sendDrafts([...drafts]);
    this.listener.cells(new Set(done.map((change) => change.row)));
    return done;
  }

  /** Shows a typed text; true if it must be sent. */
  #stage(entry: Entry, column: CellKey, text: string, job: number): boolean {
    const problem = problemWith(column, text);
    if (problem) {
      const reason = t(problem.key, problem.values);
      this.#states.lay(entry.id, column, { text, mark: { kind: 'refused', reason }, job: null });
      return false;
    }
    if (text === entry.cells[column] && this.#states.overlay(entry.id, column)?.job === null) {
      this.#states.lift(entry.id, column); // back to what the program has
      return false;
    }
    this.#states.lay(entry.id, column, { text, mark: { kind: 'pending' }, job });
    return true;
  }

  /** New rows; those that lack scene or shot wait here as drafts. */
  insert(rows: readonly Partial<Record<CellKey, string>>[]): number[] {
    const ids = rows.map((row) => {
      const cells = cellsFrom(row);
      for (const key of cell_keys) cells[key] = canonical(key, cells[key]);
      const id = this.#next_draft--;
      this.#put({ id, cells, version: 0, created_at: '', updated_at: '', extra: {}, media: null });
      return id;
    });
    this.listener.rows();
    this.#sendDrafts(ids);
    return ids;
  }

  /**
   * Rows go away; the answer has them as they were known. `isUndo`: they are taken back, so what
   * one request brought goes by one request and is no mass deletion.
   */
  remove(rows: readonly number[], isUndo = false): number[] {
    const known = rows.map((row) => this.#ids.get(row) ?? row).filter((row) => this.has(row));
    const sent = known.filter((row) => !this.isDraft(row));
    for (const row of known.filter((one) => this.isDraft(one))) {
      this.#dropped.set(row, this.#entries.get(row)!);
      this.#forget(row);
    }
    for (const row of sent) this.#hidden.add(row);
    this.#order = null;
    const { whole, rest } = isUndo ? this.#added.split(sent) : { whole: [], rest: sent };
    for (const one of whole) this.#queueUndo(one);
    if (rest.length > 0) {
      const kept = this.#keep({ kind: 'remove', rows: rest });
      this.outbox.add({ size: rest.length, run: () => this.#sendRemove(rest, kept) });
    }
    this.listener.rows();
    return known;
  }

  /** Deleted rows come back, with their ids. */
  restore(rows: readonly number[]): void {
    const gone: number[] = [];
    for (const row of rows.map((one) => this.#ids.get(one) ?? one)) {
      const draft = this.#dropped.get(row);
      if (draft) this.#put(draft);
      else gone.push(row);
      this.#dropped.delete(row);
    }
    // A row whose deletion is still on its way comes back by itself: one after the other.
    const isSettled = gone.every((row) => !this.#hidden.has(row));
    const { whole, rest } = isSettled ? this.#removed.split(gone) : { whole: [], rest: gone };
    for (const one of whole) this.#queueUndo(one);
    if (rest.length > 0) {
      const waiting = new Map(rest.map((row) => [row, randomKey()]));
      const kept = this.#keep({ kind: 'restore', rows: [...waiting] });
      this.outbox.add({ size: waiting.size, run: () => this.#sendRestore(waiting, kept) });
    }
    this.listener.rows();
  }

  /** A text that stands only here is given up for what the program has. */
  dismiss(row: number, column: CellKey): void {
    this.#states.lift(row, column);
    this.listener.cells(new Set([row]));
  }

  // ---- Sending

  #keep<T extends Kept>(write: T): KeptWrite & T {
    const key = randomKey();
    if (this.kept) return this.kept.begin(key, write) as KeptWrite & T;
    return { ...write, id: key, key, owner: '', at: 0 } as KeptWrite & T;
  }

  /** What was typed before the page was loaded anew goes on its way again. Once, after load(). */
  async resume(): Promise<void> {
    for (const write of (await this.kept?.all()) ?? []) this.#takeUp(write);
    this.listener.rows();
    this.listener.outbox();
  }

  #takeUp(write: KeptWrite): void {
    const { kind } = write;
    if (kind === 'edit') {
      const job = this.#next_job++;
      for (const { row, column, text } of write.changes) {
        this.#states.lay(row, column, { text, mark: { kind: 'pending' }, job });
      }
      const run = this.#sendEdit(job, write.changes, write);
      this.outbox.add({ size: write.changes.length, run });
    } else if (kind === 'insert') {
      write.rows.forEach((row, index) => {
        const cells = cellsFrom(write.bodies[index]!);
        this.#put({
          id: row, cells, version: 0, created_at: '', updated_at: '', extra: {}, media: null,
        });
        this.#inserting.add(row);
        this.#next_draft = Math.min(this.#next_draft, row - 1);
      });
      const run = (): Promise<void> => this.#sendInsert(write.rows, write.bodies, write);
      this.outbox.add({ size: write.rows.length, run });
    } else if (kind === 'remove') {
      for (const row of write.rows) this.#hidden.add(row);
      this.#order = null;
      const run = (): Promise<void> => this.#sendRemove(write.rows, write);
      this.outbox.add({ size: write.rows.length, run });
    } else if (kind === 'undo') {
      const run = (): Promise<void> => this.#sendUndo(write.batch, write.rows, write);
      this.outbox.add({ size: write.rows.length, run });
    } else {
      const waiting = new Map(write.rows);
      this.outbox.add({ size: waiting.size, run: () => this.#sendRestore(waiting, write) });
    }
  }

  #sendEdit(
    job: number,
    sent: SentChange[],
    kept: KeptWrite & { kind: 'edit' },
  ): () => Promise<void> {
    let rest = sent;
    return async () => {
      for (let round = 0; rest.length > 0; ++round) {
        const there = this.#stillThere(rest);
        if (there.length < rest.length) this.#anew(kept);
        rest = there;
        if (rest.length === 0) break;
        // The same key stands for the same body, also after a reload.
        kept.body ??= bodyOf(rest, this.#own, kept.force);
        kept.changes = rest;
        this.kept?.put(kept);
        try {
          this.#accept(await this.api.change(kept.body, kept.key), rest, job);
          break;
        } catch (reason) {
          if (isTransient(reason)) throw reason;
          this.#anew(kept);
          if ((reason as ApiError).status === 409 && round < rounds_max) continue;
          const refused = this.#refuse(reason as ApiError, rest, job, round >= rounds_max);
          rest = rest.filter((one) => !refused.has(one));
        }
      }
      this.kept?.done(kept);
    };
  }

  /** Another content needs another key. */
  #anew(kept: KeptWrite & { kind: 'edit' }): void {
    kept.key = randomKey();
    delete kept.body;
  }

  /** Changes with their final ids, without those whose row was deleted meanwhile. */
  #stillThere(changes: SentChange[]): SentChange[] {
    const named = changes.map((one) => ({ ...one, row: this.#ids.get(one.row) ?? one.row }));
    const gone = named.find((one) => !this.#entries.has(one.row));
    if (gone) this.listener.say(t('row_gone', { text: gone.text }), 'problem');
    return named.filter((one) => this.#entries.has(one.row));
  }

  #accept(answer: EntriesAnswer, changes: readonly SentChange[], job: number): void {
    for (const json of answer.data) {
      this.#upsert(json);
      this.#own.set(json.id, json.version);
    }
    for (const { row, column } of changes) {
      if (this.#states.overlay(row, column)?.job !== job) continue;
      this.#states.lift(row, column);
      this.#states.flash(row, column, { kind: 'saved' });
    }
    this.listener.cells(new Set(changes.map((change) => change.row)));
  }

  /** Marks the changes that an error is about; the others may be sent again without them. */
  #refuse(error: ApiError, rest: SentChange[], job: number, all: boolean): Set<SentChange> {
    const refusal = refusalOf(error, rest);
    for (const json of refusal.current) {
      this.#upsert(json);
      this.#own.set(json.id, json.version); // the row's other cells were compared too: seen
    }
    const refused = all ? new Map(rest.map((one) => [one, null])) : refusal.changes;
    const reason = error.message.replace(/^element \d+: /, ''); // the mark says which cell
    for (const [one, newer] of refused) {
      if (this.#states.overlay(one.row, one.column)?.job !== job) continue; // typed over since
      const mark: Mark = newer
        ? { kind: 'newer', ...newer }
        : { kind: 'refused', reason };
      this.#states.lay(one.row, one.column, { text: one.text, mark, job: null });
    }
    this.listener.cells(new Set(rest.map((one) => one.row)));
    return new Set(refused.keys());
  }

  #sendDrafts(rows: readonly number[]): void {
    const ready = rows.filter((row) => {
      const cells = this.#entries.get(row)?.cells;
      if (!cells || !this.isDraft(row)) return false;
      return cell_keys.every((key) => problemWith(key, cells[key]) === null);
    });
    for (const row of ready) this.#inserting.add(row);
    const cellsOf = (row: number): Record<string, string> => ({ ...this.#entries.get(row)!.cells });
    const written = (row: number): string => Object.values(cellsOf(row)).join('');
    for (const part of inRequests(ready, (row) => row, written)) {
      const bodies = part.map(cellsOf);
      const kept = this.#keep({ kind: 'insert', rows: part, bodies });
      this.outbox.add({ size: part.length, run: () => this.#sendInsert(part, bodies, kept) });
    }
    this.listener.cells(new Set(ready));
  }

  async #sendInsert(
    rows: number[],
    bodies: Record<string, string>[],
    kept: KeptWrite,
  ): Promise<void> {
    try {
      const answer = await this.api.create(bodies, kept.key);
      rows.forEach((row, index) => this.#adopt(row, answer.data[index]!));
      this.#added.note(answer.batch, answer.data.map((json) => json.id));
      this.listener.rows();
    } catch (reason) {
      if (isTransient(reason)) throw reason;
      const { message } = reason as ApiError;
      this.listener.say(t('rows_refused', { reason: message, n: rows.length }), 'problem');
    }
    for (const row of rows) this.#inserting.delete(row);
    this.kept?.done(kept);
    this.listener.cells(new Set(rows));
    if (this.#inserting.size === 0) this.apply(this.#held_back.splice(0));
  }

  /** A new row got its id. */
  #adopt(row: number, json: EntryJson): void {
    this.#ids.set(row, json.id);
    this.#entries.delete(row);
    this.#order = null;
    this.#states.renameRow(row, json.id);
    if (this.#hidden.delete(row)) this.#hidden.add(json.id);
    this.#upsert(json);
    this.#own.set(json.id, json.version);
    void this.kept?.renameRow(row, json.id);
    this.listener.renamed(row, json.id);
  }

  async #sendRemove(rows: number[], kept: KeptWrite): Promise<void> {
    const ids = rows.map((row) => this.#ids.get(row) ?? row).filter((row) => row > 0);
    let isDone = true;
    try {
      const answer = await this.api.remove(ids, kept.key);
      isDone = !answer.held;
      if (isDone) this.#removed.note(answer.batch, ids);
      if (!isDone) this.listener.say(t('delete_held', { n: ids.length }), 'info');
    } catch (reason) {
      if (isTransient(reason)) throw reason;
      isDone = (reason as ApiError).status === 404; // somebody else was quicker
      if (!isDone) {
        const { message } = reason as ApiError;
        this.listener.say(t('delete_refused', { reason: message }), 'problem');
      }
    }
    this.kept?.done(kept);
    for (const id of ids) {
      if (isDone) this.#forget(id);
      this.#hidden.delete(id);
    }
    this.#order = null;
    this.listener.rows();
  }

  #queueUndo({ batch, rows }: WholeBatch): void {
    const kept = this.#keep({ kind: 'undo', batch, rows: [...rows] });
    this.outbox.add({ size: rows.length, run: () => this.#sendUndo(batch, [...rows], kept) });
  }

  /** Rows that somebody changed since stay as they are. */
  async #sendUndo(batch: string, rows: number[], kept: KeptWrite): Promise<void> {
    try {
      const answer = await this.api.undoBatch(batch);
      const back = new Set(answer.data.map((json) => json.id));
      const isBack = rows.filter((row) => back.has(row));
      const left = new Set(answer.skipped.map((one) => one.entry_id));
      const gone = rows.filter((row) => !back.has(row) && !left.has(row) && this.#hidden.has(row));
      for (const row of gone) this.#forget(row);
      for (const json of answer.data) this.#upsert(json);
      if (gone.length > 0) this.#removed.note(answer.batch, gone);
      else this.#added.note(answer.batch, isBack);
      if (left.size > 0) this.listener.say(t('undo_kept', { n: answer.skipped.length }), 'problem');
    } catch (reason) {
      if (isTransient(reason)) throw reason;
      this.listener.say(t('restore_refused', { reason: (reason as ApiError).message }), 'problem');
    }
    for (const row of rows) this.#hidden.delete(row);
    this.kept?.done(kept);
    this.#order = null;
    this.listener.rows();
  }

  async #sendRestore(waiting: Map<number, string>, kept: KeptWrite): Promise<void> {
    for (const [row, key] of [...waiting]) {
      try {
        this.#upsert(await this.api.restore(row, key));
      } catch (reason) {
        if (isTransient(reason)) throw reason;
        const { message } = reason as ApiError;
        this.listener.say(t('restore_refused', { reason: message }), 'problem');
      }
      waiting.delete(row);
    }
    this.kept?.done(kept);
    this.listener.rows();
  }
}

// The way to the program: each write is kept in the browser, queued, sent with its key until it is
// answered, and its answer settles the rows. One queue, in the order of typing.
import { type Api, ApiError, type EntriesAnswer, randomKey } from '../lib/api';
import { t } from '../lib/i18n';
import type { CellChange } from '../grid/undo';
import type {
  Kept,
  KeptChange,
  KeptEdit,
  KeptRows,
  KeptUndo,
  KeptWrite,
  KeptWrites,
} from '../lib/kept';
import { Outbox } from '../lib/outbox';
import { type CellKey, type EntryJson, cellsFrom, newEntry } from '../lib/types';
import { Batches, type WholeBatch, cellName } from './batches';
import type { Mark } from './cell_states';
import { type SentChange, bodyOf, inRequests, isAboutChange, refusalOf } from './edit_request';
import type { EntryRows, StoreListener } from './entry_rows';

const rounds_max = 200; // "all but the refused ones" before a whole write counts as refused

/** An answer that the outbox must wait for and ask again. */
function isTransient(reason: unknown): boolean {
  return !(reason instanceof ApiError) || reason.isPassing || reason.status === 401;
}

export class EntrySender {
  readonly outbox: Outbox;
  #added = new Batches(); // rows that one request of ours brought
  #removed = new Batches(); // rows that one request of ours took away
  #next_job = 1;

  /** `inserted`: no new row is on its way any more. */
  constructor(
    private readonly api: Api,
    private readonly rows: EntryRows,
    private readonly listener: StoreListener,
    private readonly kept: KeptWrites | null,
    private readonly inserted: () => void,
  ) {
    this.outbox = new Outbox(
      () => listener.outbox(),
      () => listener.sessionEnded(),
    );
  }

  /** Names one write; what it lays over the cells is lifted by its answer only. */
  newJob(): number {
    return this.#next_job++;
  }

  /**
   * One write: cells and new rows go in one request, all or nothing, if they fit into one.
   * REQUIRES: the rows of `ready` are drafts that have all that the program asks for.
   */
  write(job: number, sent: readonly SentChange[], ready: readonly number[], force: boolean): void {
    for (const row of ready) this.rows.inserting.add(row);
    const bodyOfRow = (row: number): Record<string, string> => ({ ...this.rows.entry(row)!.cells });
    const drafts = ready.map((row) => ({ row, text: Object.values(bodyOfRow(row)).join('') }));
    const parts = <T extends { row: number; text: string }>(items: readonly T[]): T[][] =>
      inRequests(items, ({ row }) => row, ({ text }) => text);
    const rowsOf = (part: readonly { row: number }[]): KeptRows => {
      const rows = part.map(({ row }) => row);
      return { rows, bodies: rows.map(bodyOfRow) };
    };
    const isOne = sent.length > 0 && ready.length > 0 && parts([...sent, ...drafts]).length === 1;
    for (const changes of parts(sent)) {
      const edit: KeptEdit = { kind: 'edit', changes, force };
      this.#queueEdit(job, this.#keep(isOne ? { ...edit, added: rowsOf(drafts) } : edit));
    }
    for (const part of isOne ? [] : parts(drafts)) {
      this.#queueInsert(this.#keep({ kind: 'insert', ...rowsOf(part) }));
    }
  }

  /**
   * `undone`: the cells of a step that is taken back; then what one request brought goes by one
   * request, with the cells that it changed. Returns the cells that are still to be written.
   */
  remove(rows: readonly number[], undone?: readonly CellChange[]): readonly CellChange[] {
    const { whole, rest } = undone ? this.#added.split(rows) : { whole: [], rest: [...rows] };
    const left = this.#queueUndos(whole, undone ?? []);
    if (rest.length > 0) {
      const kept = this.#keep({ kind: 'remove', rows: rest });
      this.outbox.add({ size: rest.length, run: () => this.#sendRemove(rest, kept) });
    }
    return left;
  }

  /** `undone` and the answer: as for remove(). */
  restore(gone: readonly number[], undone: readonly CellChange[]): readonly CellChange[] {
    // A row whose deletion is still on its way comes back by itself: one after the other.
    const isSettled = gone.every((row) => !this.rows.isHidden(row));
    const { whole, rest } = isSettled ? this.#removed.split(gone) : { whole: [], rest: [...gone] };
    const left = this.#queueUndos(whole, undone);
    if (rest.length > 0) {
      const waiting = new Map(rest.map((row) => [row, randomKey()]));
      const kept = this.#keep({ kind: 'restore', rows: [...waiting] });
      this.outbox.add({ size: waiting.size, run: () => this.#sendRestore(waiting, kept) });
    }
    return left;
  }

  // ---- Over a reload

  #keep<T extends Kept>(write: T): KeptWrite & T {
    const key = randomKey();
    if (this.kept) return this.kept.begin(key, write) as KeptWrite & T;
    return { ...write, id: key, key, owner: '', at: 0 } as KeptWrite & T;
  }

  /** What was typed before the page was loaded anew goes on its way again. The lowest id in it. */
  async resume(): Promise<number> {
    let lowest = 0;
    for (const write of (await this.kept?.all()) ?? []) {
      this.#takeUp(write);
      const added = write.kind === 'edit' ? write.added : write.kind === 'insert' ? write : null;
      lowest = Math.min(lowest, ...(added?.rows ?? []));
    }
    return lowest;
  }

  #takeUp(write: KeptWrite): void {
    const { kind } = write;
    const job = this.newJob();
    if (kind === 'edit') {
      this.#layAll(write.changes, job);
      if (write.added) this.#takeUpRows(write.added);
      this.#queueEdit(job, write);
    } else if (kind === 'insert') {
      this.#takeUpRows(write);
      this.#queueInsert(write);
    } else if (kind === 'remove') {
      this.rows.hide(write.rows, true);
      const run = (): Promise<void> => this.#sendRemove(write.rows, write);
      this.outbox.add({ size: write.rows.length, run });
    } else if (kind === 'undo') {
      this.#layAll(write.cells ?? [], job);
      this.outbox.add({ size: write.rows.length, run: () => this.#sendUndo(job, write) });
    } else {
      const waiting = new Map(write.rows);
      this.outbox.add({ size: waiting.size, run: () => this.#sendRestore(waiting, write) });
    }
  }

  #takeUpRows({ rows, bodies }: KeptRows): void {
    rows.forEach((row, index) => {
      this.rows.put(newEntry(row, cellsFrom(bodies[index]!)));
      this.rows.inserting.add(row);
    });
  }

  #layAll(changes: readonly KeptChange[], job: number): void {
    for (const { row, column, text } of changes) {
      this.rows.states.lay(row, column, { text, mark: { kind: 'pending' }, job });
    }
  }

  // ---- Edits

  #queueEdit(job: number, kept: KeptWrite & KeptEdit): void {
    const size = kept.changes.length + (kept.added?.rows.length ?? 0);
    this.outbox.add({ size, run: () => this.#sendEdit(job, kept) });
  }

  async #sendEdit(job: number, kept: KeptWrite & KeptEdit): Promise<void> {
    for (let round = 0; kept.changes.length > 0; ++round) {
      const there = this.#stillThere(kept.changes);
      if (there.length < kept.changes.length) this.#anew(kept);
      kept.changes = there;
      if (there.length === 0) break;
      // The same key stands for the same body, also after a reload.
      kept.body ??= bodyOf(there, this.rows.own, kept.force);
      this.kept?.put(kept);
      const added = kept.is_apart ? undefined : kept.added;
      try {
        const answer = await (added
          ? this.api.changeAndAdd(kept.body, added.bodies, kept.key)
          : this.api.change(kept.body, kept.key));
        const { length } = kept.body;
        this.#accept(answer.data.slice(0, length), there, job);
        this.#anew(kept);
        kept.changes = [];
        if (!added) break;
        delete kept.added;
        const cells = there.map(({ row, column }) => cellName(row, column));
        this.#acceptRows(added.rows, { ...answer, data: answer.data.slice(length) }, cells);
        this.#inserted(added.rows);
      } catch (reason) {
        if (isTransient(reason)) throw reason;
        const { status } = reason as ApiError;
        const { length } = kept.body;
        this.#anew(kept);
        if (status === 409 && round < rounds_max) continue;
        if (added && !isAboutChange(reason as ApiError, length)) {
          kept.is_apart = true; // the cells by themselves, then the rows: each is told what it lacks
          continue;
        }
        const refused = this.#refuse(reason as ApiError, there, job, round >= rounds_max);
        kept.changes = there.filter((one) => !refused.has(one));
      }
    }
    if (!kept.added) this.kept?.done(kept);
    else await this.#sendInsert(kept.added, kept);
  }

  /** Another content needs another key. */
  #anew(kept: KeptWrite & KeptEdit): void {
    kept.key = randomKey();
    delete kept.body;
  }

  /** Changes with their final ids, without those whose row was deleted meanwhile. */
  #stillThere(changes: SentChange[]): SentChange[] {
    const named = changes.map((one) => ({ ...one, row: this.rows.finalId(one.row) }));
    const gone = named.find((one) => !this.rows.entry(one.row));
    if (gone) this.listener.say(t('row_gone', { text: gone.text }), 'problem');
    return named.filter((one) => this.rows.entry(one.row));
  }

  #accept(data: readonly EntryJson[], changes: readonly KeptChange[], job: number): void {
    const { states } = this.rows;
    for (const json of data) this.rows.takeOwn(json);
    for (const { row, column } of changes) {
      if (states.overlay(row, column)?.job !== job) continue;
      states.lift(row, column);
      states.flash(row, column, { kind: 'saved' });
    }
    this.listener.cells(new Set(changes.map((change) => change.row)));
  }

  /** Marks the changes that an error is about; the others may be sent again without them. */
  #refuse(error: ApiError, rest: SentChange[], job: number, all: boolean): Set<SentChange> {
    const { states } = this.rows;
    const refusal = refusalOf(error, rest);
    // the rows' other cells were compared too: seen
    for (const json of refusal.current) this.rows.takeOwn(json);
    const refused = all ? new Map(rest.map((one) => [one, null])) : refusal.changes;
    const reason = error.message.replace(/^element \d+: /, ''); // the mark says which cell
    for (const [one, newer] of refused) {
      if (states.overlay(one.row, one.column)?.job !== job) continue; // typed over since
      const mark: Mark = newer ? { kind: 'newer', ...newer } : { kind: 'refused', reason };
      states.lay(one.row, one.column, { text: one.text, mark, job: null });
    }
    this.listener.cells(new Set(rest.map((one) => one.row)));
    return new Set(refused.keys());
  }

  // ---- Rows

  #queueInsert(kept: KeptWrite & KeptRows): void {
    this.outbox.add({ size: kept.rows.length, run: () => this.#sendInsert(kept, kept) });
  }

  async #sendInsert({ rows, bodies }: KeptRows, kept: KeptWrite): Promise<void> {
    try {
      this.#acceptRows(rows, await this.api.create(bodies, kept.key), []);
    } catch (reason) {
      if (isTransient(reason)) throw reason;
      const { message } = reason as ApiError;
      this.listener.say(t('rows_refused', { reason: message, n: rows.length }), 'problem');
    }
    this.kept?.done(kept);
    this.#inserted(rows);
  }

  /** `cells`: what the same request changed. */
  #acceptRows(rows: readonly number[], answer: EntriesAnswer, cells: readonly string[]): void {
    rows.forEach((row, index) => this.#adopt(row, answer.data[index]!));
    this.#added.note(answer.batch, answer.data.map((json) => json.id), cells);
    this.listener.rows();
  }

  /** They are not on their way any more. */
  #inserted(rows: readonly number[]): void {
    for (const row of rows) this.rows.inserting.delete(row);
    this.listener.cells(new Set(rows));
    if (this.rows.inserting.size === 0) this.inserted();
  }

  #adopt(row: number, json: EntryJson): void {
    this.rows.adopt(row, json);
    void this.kept?.renameRow(row, json.id);
    this.listener.renamed(row, json.id);
  }

  async #sendRemove(rows: number[], kept: KeptWrite): Promise<void> {
    const ids = rows.map((row) => this.rows.finalId(row)).filter((row) => row > 0);
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
    if (isDone) for (const id of ids) this.rows.forget(id);
    this.rows.hide(ids, false);
    this.listener.rows();
  }

  /** Returns the changes of `undone` that no batch of `whole` had made. */
  #queueUndos(
    whole: readonly WholeBatch[],
    undone: readonly CellChange[],
  ): readonly CellChange[] {
    let left = undone;
    for (const { batch, rows, cells } of whole) {
      const made = new Set(cells);
      const isMade = (one: CellChange): boolean => made.has(cellName(one.row, one.column));
      const changes = left.filter(isMade).map(({ row, column, after }) => {
        return { row, column: column as CellKey, text: after, seen: 0 };
      });
      left = left.filter((one) => !isMade(one));
      const job = this.newJob();
      this.#layAll(changes, job);
      this.listener.cells(new Set(changes.map(({ row }) => row)));
      const kept = this.#keep({ kind: 'undo', batch, rows: [...rows], cells: changes });
      this.outbox.add({
        size: rows.length + changes.length,
        run: () => this.#sendUndo(job, kept),
      });
    }
    return left;
  }

  /** Rows and cells that somebody changed since stay as they are. */
  async #sendUndo(job: number, kept: KeptWrite & KeptUndo): Promise<void> {
    const { batch, rows, cells = [] } = kept;
    let data: readonly EntryJson[] = [];
    try {
      const answer = await this.api.undoBatch(batch);
      data = answer.data;
      const back = new Set(data.map((json) => json.id));
      const isBack = rows.filter((row) => back.has(row));
      const left = new Set(answer.skipped.map((one) => one.entry_id));
      const gone = rows.filter(
        (row) => !back.has(row) && !left.has(row) && this.rows.isHidden(row),
      );
      for (const row of gone) this.rows.forget(row);
      const names = cells.map(({ row, column }) => cellName(row, column));
      if (gone.length > 0) this.#removed.note(answer.batch, gone, names);
      else this.#added.note(answer.batch, isBack, names);
      if (left.size > 0) this.listener.say(t('undo_kept', { n: answer.skipped.length }), 'problem');
    } catch (reason) {
      if (isTransient(reason)) throw reason;
      this.listener.say(t('restore_refused', { reason: (reason as ApiError).message }), 'problem');
    }
    this.#accept(data, cells, job);
    this.rows.hide(rows, false);
    this.kept?.done(kept);
    this.listener.rows();
  }

  async #sendRestore(waiting: Map<number, string>, kept: KeptWrite): Promise<void> {
    for (const [row, key] of [...waiting]) {
      try {
        this.rows.take(await this.api.restore(row, key));
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

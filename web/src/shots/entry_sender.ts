// The way to the program: each write is kept in the browser, queued, sent with its key until it is
// answered, and its answer settles the rows. One queue, in the order of typing.
import { type Api, ApiError, type EntriesAnswer, randomKey } from '../lib/api';
import { t } from '../lib/i18n';
import type { Kept, KeptWrite, KeptWrites } from '../lib/kept';
import { Outbox } from '../lib/outbox';
import { type EntryJson, cellsFrom, newEntry } from '../lib/types';
import { Batches, type WholeBatch } from './batches';
import type { Mark } from './cell_states';
import { type SentChange, bodyOf, inRequests, refusalOf } from './edit_request';
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

  edit(job: number, sent: readonly SentChange[], force: boolean): void {
    for (const part of inRequests(sent, ({ row }) => row, ({ text }) => text)) {
      const kept = this.#keep({ kind: 'edit', changes: part, force });
      this.outbox.add({ size: part.length, run: this.#sendEdit(job, part, kept) });
    }
  }

  /** REQUIRES: the rows are drafts that have all that the program asks for. */
  insert(ready: readonly number[]): void {
    for (const row of ready) this.rows.inserting.add(row);
    const cellsOf = (row: number): Record<string, string> => ({ ...this.rows.entry(row)!.cells });
    const written = (row: number): string => Object.values(cellsOf(row)).join('');
    for (const part of inRequests(ready, (row) => row, written)) {
      const bodies = part.map(cellsOf);
      const kept = this.#keep({ kind: 'insert', rows: part, bodies });
      this.outbox.add({ size: part.length, run: () => this.#sendInsert(part, bodies, kept) });
    }
  }

  /** `isUndo`: what one request brought goes by one request. */
  remove(rows: readonly number[], isUndo: boolean): void {
    const { whole, rest } = isUndo ? this.#added.split(rows) : { whole: [], rest: [...rows] };
    for (const one of whole) this.#queueUndo(one);
    if (rest.length === 0) return;
    const kept = this.#keep({ kind: 'remove', rows: rest });
    this.outbox.add({ size: rest.length, run: () => this.#sendRemove(rest, kept) });
  }

  restore(gone: readonly number[]): void {
    // A row whose deletion is still on its way comes back by itself: one after the other.
    const isSettled = gone.every((row) => !this.rows.isHidden(row));
    const { whole, rest } = isSettled ? this.#removed.split(gone) : { whole: [], rest: [...gone] };
    for (const one of whole) this.#queueUndo(one);
    if (rest.length === 0) return;
    const waiting = new Map(rest.map((row) => [row, randomKey()]));
    const kept = this.#keep({ kind: 'restore', rows: [...waiting] });
    this.outbox.add({ size: waiting.size, run: () => this.#sendRestore(waiting, kept) });
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
      if (write.kind === 'insert') lowest = Math.min(lowest, ...write.rows);
    }
    return lowest;
  }

  #takeUp(write: KeptWrite): void {
    const { kind } = write;
    if (kind === 'edit') {
      const job = this.newJob();
      for (const { row, column, text } of write.changes) {
        this.rows.states.lay(row, column, { text, mark: { kind: 'pending' }, job });
      }
      const run = this.#sendEdit(job, write.changes, write);
      this.outbox.add({ size: write.changes.length, run });
    } else if (kind === 'insert') {
      write.rows.forEach((row, index) => {
        this.rows.put(newEntry(row, cellsFrom(write.bodies[index]!)));
        this.rows.inserting.add(row);
      });
      const run = (): Promise<void> => this.#sendInsert(write.rows, write.bodies, write);
      this.outbox.add({ size: write.rows.length, run });
    } else if (kind === 'remove') {
      this.rows.hide(write.rows, true);
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

  // ---- Edits

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
        kept.body ??= bodyOf(rest, this.rows.own, kept.force);
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
    const named = changes.map((one) => ({ ...one, row: this.rows.finalId(one.row) }));
    const gone = named.find((one) => !this.rows.entry(one.row));
    if (gone) this.listener.say(t('row_gone', { text: gone.text }), 'problem');
    return named.filter((one) => this.rows.entry(one.row));
  }

  #accept(answer: EntriesAnswer, changes: readonly SentChange[], job: number): void {
    const { states } = this.rows;
    for (const json of answer.data) this.rows.takeOwn(json);
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
    for (const row of rows) this.rows.inserting.delete(row);
    this.kept?.done(kept);
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
      const gone = rows.filter(
        (row) => !back.has(row) && !left.has(row) && this.rows.isHidden(row),
      );
      for (const row of gone) this.rows.forget(row);
      for (const json of answer.data) this.rows.take(json);
      if (gone.length > 0) this.#removed.note(answer.batch, gone);
      else this.#added.note(answer.batch, isBack);
      if (left.size > 0) this.listener.say(t('undo_kept', { n: answer.skipped.length }), 'problem');
    } catch (reason) {
      if (isTransient(reason)) throw reason;
      this.listener.say(t('restore_refused', { reason: (reason as ApiError).message }), 'problem');
    }
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

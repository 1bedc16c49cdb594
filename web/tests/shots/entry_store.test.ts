import { beforeEach, expect, test } from 'vitest';
import { type Step, inverse } from '../../src/grid/undo';
import { type Api, ApiError, type EntriesAnswer, type EntryEdit } from '../../src/lib/api';
import type { Change, EntryJson } from '../../src/lib/types';
import { EntryStore } from '../../src/shots/entry_store';

function entry(id: number, cells: Partial<EntryJson> = {}, version = 1): EntryJson {
  return {
    id, version, animator: 'Ana', project_type: 'Series', episode_title: 'Ep', scene: '01', shot: '0010',
    week_yyyymmdd: '20260105', status: 'wip', notes: null, created_at: '', updated_at: '', ...cells,
  };
}

/** A program that answers when it is told to. */
class FakeProgram {
  calls: { name: string; body: unknown; key: string }[] = [];
  #waiting: { resolve: (answer: never) => void; reject: (reason: Error) => void }[] = [];

  #ask = (name: string, body: unknown, key: string): Promise<never> => {
    this.calls.push({ name, body, key });
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  };
  api = {
    change: (edits: EntryEdit[], key: string) => this.#ask('change', edits, key),
    create: (rows: unknown, key: string) => this.#ask('create', rows, key),
    changeAndAdd: (edits: EntryEdit[], rows: unknown, key: string) => this.#ask('both', [edits, rows], key),
    remove: (ids: number[], key: string) => this.#ask('remove', ids, key),
    restore: (id: number, key: string) => this.#ask('restore', id, key),
  } as unknown as Api;

  async answer(answer: EntriesAnswer | EntryJson): Promise<void> {
    this.#waiting.shift()!.resolve(answer as never);
    await settled();
  }

  async refuse(error: ApiError): Promise<void> {
    this.#waiting.shift()!.reject(error);
    await settled();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

let program: FakeProgram;
let store: EntryStore;
let said: string[];
let renamed: [number, number][];
let sessions_ended: number;

beforeEach(() => {
  program = new FakeProgram();
  said = [];
  renamed = [];
  sessions_ended = 0;
  store = new EntryStore(program.api, {
    rows: () => undefined,
    cells: () => undefined,
    renamed: (from, to) => renamed.push([from, to]),
    say: (text) => said.push(text),
    outbox: () => undefined,
    sessionEnded: () => ++sessions_ended,
  });
  store.load([entry(1), entry(2, { shot: '0020' })]);
});

const step = (some: Partial<Step>): Step => ({ changes: [], inserted: [], deleted: [], ...some });

const change = (row: number, cells: Partial<EntryJson>, seq: number): Change => ({
  seq, entry_id: row, op: 'edit', before: entry(row), after: entry(row, cells), origin: 'web', author: 'Ben', at: '',
});

test('an edit shows at once, is sent with the version seen, and settles', async () => {
  const done = store.edit([{ row: 1, column: 'status', text: ' done ' }]);
  expect(done).toEqual([{ row: 1, column: 'status', before: 'wip', after: 'done' }]);
  expect(store.text(1, 'status')).toBe('done');
  expect(store.mark(1, 'status')?.kind).toBe('pending');
  expect(program.calls[0]!.body).toEqual([{ id: 1, version: 1, status: 'done' }]);
  await program.answer({ data: [entry(1, { status: 'done' }, 5)] });
  expect(store.mark(1, 'status')?.kind).toBe('saved');
  expect(store.outbox.waiting).toBe(0);
});

test('one paste is one request; a cell that breaks a rule stays here and does not stop the rest', async () => {
  store.edit([
    { row: 1, column: 'week_yyyymmdd', text: 'soon' },
    { row: 1, column: 'notes', text: 'two\r\nlines' },
    { row: 2, column: 'week_yyyymmdd', text: '2026-01-12' },
  ]);
  expect(program.calls.map((call) => call.body)).toEqual([
    [
      { id: 1, version: 1, notes: 'two\nlines' },
      { id: 2, version: 1, week_yyyymmdd: '20260112' },
    ],
  ]);
  expect(store.mark(1, 'week_yyyymmdd')?.kind).toBe('refused');
  expect(store.text(1, 'week_yyyymmdd')).toBe('soon');
  store.dismiss(1, 'week_yyyymmdd');
  expect(store.text(1, 'week_yyyymmdd')).toBe('20260105');
});

test('a second edit of a row waits for the first and has seen it', async () => {
  store.edit([{ row: 1, column: 'status', text: 'a' }]);
  store.edit([{ row: 1, column: 'status', text: 'b' }]);
  expect(program.calls).toHaveLength(1);
  await program.answer({ data: [entry(1, { status: 'a' }, 7)] });
  expect(store.text(1, 'status')).toBe('b');
  expect(program.calls[1]!.body).toEqual([{ id: 1, version: 7, status: 'b' }]);
});

test('no answer: tried again with the same key, nothing lost', async () => {
  store.edit([{ row: 1, column: 'status', text: 'done' }]);
  await program.refuse(new ApiError(0, 'no_answer', 'down'));
  expect(store.outbox.isFailing).toBe(true);
  expect(store.text(1, 'status')).toBe('done');
  store.outbox.resume();
  await settled();
  expect(program.calls[1]).toEqual(program.calls[0]);
  await program.answer({ data: [entry(1, { status: 'done' }, 5)] });
  expect(store.outbox.waiting).toBe(0);
});

test('an ended session pauses the queue until somebody signed in', async () => {
  store.edit([{ row: 1, column: 'status', text: 'done' }]);
  await program.refuse(new ApiError(401, 'unauthorized', ''));
  expect(sessions_ended).toBe(1);
  expect(store.outbox.waiting).toBe(1);
  store.outbox.resume();
  await settled();
  expect(program.calls).toHaveLength(2);
});

test('somebody was quicker: that cell shows both values, the rest is sent without it', async () => {
  store.edit([
    { row: 1, column: 'status', text: 'mine' },
    { row: 1, column: 'notes', text: 'kept' },
    { row: 2, column: 'status', text: 'also' },
  ]);
  const current = entry(1, { status: 'theirs' }, 9);
  const body = { data: current, cells: [{ field: 'status', current: 'theirs', changed_by: 'Ben' }] };
  await program.refuse(new ApiError(412, 'precondition_failed', 'newer', undefined, body));
  expect(store.mark(1, 'status')).toEqual({ kind: 'newer', theirs: 'theirs', author: 'Ben' });
  expect(store.text(1, 'status')).toBe('mine');
  expect(program.calls[1]!.body).toEqual([
    { id: 1, version: 9, notes: 'kept' },
    { id: 2, version: 1, status: 'also' },
  ]);
  expect(program.calls[1]!.key).not.toBe(program.calls[0]!.key);
  await program.answer({ data: [entry(1, { status: 'theirs', notes: 'kept' }, 10), entry(2, { status: 'also' }, 11)] });
  store.edit([{ row: 1, column: 'status', text: 'mine' }], true);
  expect(program.calls[2]!.body).toEqual([{ id: 1, version: 10, force: true, status: 'mine' }]);
});

test('a refusal that names one cell refuses that cell only', async () => {
  store.edit([
    { row: 1, column: 'status', text: 'x' },
    { row: 2, column: 'status', text: 'y' },
  ]);
  await program.refuse(new ApiError(422, 'invalid_input', 'no such status', 'status', { index: 1 }));
  expect(store.mark(2, 'status')).toEqual({ kind: 'refused', reason: 'no such status' });
  expect(program.calls[1]!.body).toEqual([{ id: 1, version: 1, status: 'x' }]);
});

test('a new row waits as a draft until it has scene and shot, then gets its id once', async () => {
  const [draft] = store.insert([{ animator: 'Ana' }]);
  expect(store.isDraft(draft!)).toBe(true);
  expect(program.calls).toHaveLength(0);
  store.edit([{ row: draft!, column: 'scene', text: '03' }]);
  store.edit([{ row: draft!, column: 'shot', text: '0300' }]);
  expect(program.calls).toHaveLength(1);
  store.edit([{ row: draft!, column: 'notes', text: 'typed while it was on its way' }]);
  const answer = entry(50, { scene: '03', shot: '0300' }, 20);
  // The live stream is quicker than the answer: the row must not stand there twice.
  store.apply([{ ...change(50, {}, 20), op: 'insert', before: null, after: answer }]);
  expect(store.rows).toEqual([1, 2, draft]);
  await program.answer({ data: [answer] });
  expect(renamed).toEqual([[draft, 50]]);
  expect(store.rows).toEqual([1, 2, 50]);
  expect(program.calls[1]!.body).toEqual([{ id: 50, version: 20, notes: 'typed while it was on its way' }]);
});

test('deleted rows go at once; a refusal brings them back', async () => {
  store.remove([1]);
  expect(store.rows).toEqual([2]);
  await program.refuse(new ApiError(403, 'forbidden', 'not your row'));
  expect(store.rows).toEqual([1, 2]);
  store.remove([1]);
  await program.answer({ data: [] });
  expect(store.rows).toEqual([2]);
  store.takeBack(step({ inserted: [1] }));
  await program.answer(entry(1, {}, 30));
  expect(store.rows).toEqual([1, 2]);
});

test('a deletion that waits for a producer leaves the rows', async () => {
  store.remove([1, 2]);
  await program.answer({ data: [], held: 4 });
  expect(store.rows).toEqual([1, 2]);
  expect(said).toHaveLength(1);
});

test('a live change never touches a text that is on its way here', async () => {
  store.edit([{ row: 1, column: 'status', text: 'mine' }]);
  store.apply([change(1, { status: 'theirs', notes: 'news' }, 6)]);
  expect(store.text(1, 'status')).toBe('mine');
  expect(store.text(1, 'notes')).toBe('news');
  expect(store.mark(1, 'notes')).toEqual({ kind: 'live', author: 'Ben' });
});

test('old changes and doubled ones do nothing', () => {
  store.apply([change(1, { status: 'new' }, 6)]);
  store.apply([change(1, { status: 'old' }, 4), change(1, { status: 'again' }, 6)]);
  expect(store.text(1, 'status')).toBe('new');
});

test('a value that lost against Excel is marked for as long as Excel’s stands', () => {
  const conflict = { id: 1, entry_id: 1, field: 'status' as const, winning: 'wip', losing: 'mine', at: '' };
  store.setConflicts([conflict]);
  expect(store.mark(1, 'status')).toEqual({ kind: 'overwritten', conflict });
  store.apply([change(1, { status: 'else' }, 6)]);
  expect(store.mark(1, 'status')?.kind).toBe('live');
});

test('a paste too large for one request goes in several, each whole', async () => {
  const text = 'x'.repeat(9000);
  store.load(Array.from({ length: 700 }, (_, i) => entry(i + 1)));
  store.edit(store.rows.map((row) => ({ row, column: 'notes' as const, text })));
  const sizes: number[] = [];
  while (store.outbox.waiting > 0) {
    const body = program.calls.at(-1)!.body as EntryEdit[];
    expect(JSON.stringify(body).length).toBeLessThan(16 * 1024 * 1024);
    sizes.push(body.length);
    await program.answer({ data: body.map(({ id }) => entry(id, { notes: text }, 2)) });
  }
  expect(sizes.length).toBeGreaterThan(1);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(700);
});

test('rows that one request brought are taken back, and brought again, by one request each', async () => {
  const undone: string[] = [];
  program.api.undoBatch = async (batch) => {
    undone.push(batch);
    const data = undone.length === 1 ? [] : [entry(11, {}, 9), entry(12, {}, 10)];
    return { data, batch: `${batch}'`, skipped: [] };
  };
  const rows = store.insert([{ scene: '1', shot: '1' }, { scene: '1', shot: '2' }]);
  await program.answer({ data: [entry(11, {}, 6), entry(12, {}, 7)], batch: 'b' });
  store.takeBack(step({ deleted: rows }));
  await settled();
  expect(store.has(11)).toBe(false);
  store.takeBack(step({ inserted: rows }));
  await settled();
  expect(undone).toEqual(['b', "b'"]);
  expect([store.has(11), store.has(12)]).toEqual([true, true]);
  expect(program.calls.map(({ name }) => name)).toEqual(['create']);
});

// ---- Cells and new rows of one paste

const new_rows = [{ scene: '9', shot: '1' }, { scene: '9', shot: '2' }];
const pasted = (): ReturnType<EntryStore['write']> =>
  store.write([{ row: 1, column: 'status', text: 'done' }], new_rows);
const both_answer = {
  batch: 'b',
  data: [entry(1, { status: 'done' }, 6), entry(11, new_rows[0], 7), entry(12, new_rows[1], 8)],
};

test('a paste that edits rows and adds rows is one request, and one undo takes both back', async () => {
  const undone: string[] = [];
  program.api.undoBatch = async (batch) => {
    undone.push(batch);
    const data = undone.length === 1
      ? [entry(1, {}, 9)]
      : [entry(1, { status: 'done' }, 12), entry(11, new_rows[0], 13), entry(12, new_rows[1], 14)];
    return { data, batch: `${batch}'`, skipped: [] };
  };
  const { changes, inserted } = pasted();
  expect(store.outbox.waiting).toBe(3);
  expect(program.calls).toMatchObject([
    { name: 'both', body: [[{ id: 1, version: 1, status: 'done' }], [{ shot: '1' }, { shot: '2' }]] },
  ]);
  await program.answer(both_answer);
  expect(renamed).toEqual([[inserted[0], 11], [inserted[1], 12]]);
  expect(store.mark(1, 'status')?.kind).toBe('saved');
  const paste = step({ changes, inserted: [11, 12] });
  store.takeBack(inverse(paste));
  expect(store.mark(1, 'status')?.kind).toBe('pending');
  await settled();
  expect([store.text(1, 'status'), store.has(11), store.has(12)]).toEqual(['wip', false, false]);
  store.takeBack(paste);
  await settled();
  expect([store.text(1, 'status'), store.has(11), store.has(12)]).toEqual(['done', true, true]);
  expect(undone).toEqual(['b', "b'"]);
  expect(program.calls).toHaveLength(1);
});

test('what is no part of the request is taken back beside it', async () => {
  program.api.undoBatch = async (batch) => ({ data: [entry(1, {}, 9)], batch: `${batch}'`, skipped: [] });
  const { changes } = store.write(
    [{ row: 1, column: 'status', text: 'done' }, { row: 1, column: 'week_yyyymmdd', text: 'soon' }], new_rows,
  );
  await program.answer(both_answer);
  expect(store.mark(1, 'week_yyyymmdd')?.kind).toBe('refused');
  store.takeBack(inverse(step({ changes, inserted: [11, 12] })));
  await settled();
  expect(store.mark(1, 'week_yyyymmdd')).toBe(null);
  expect(store.text(1, 'week_yyyymmdd')).toBe('20260105');
});

test('somebody was quicker at one cell: the rest of the paste is one request again', async () => {
  store.write([{ row: 1, column: 'status', text: 'mine' }, { row: 2, column: 'status', text: 'also' }], new_rows);
  const conflicts = [{ index: 0, data: entry(1, { status: 'theirs' }, 9), cells: [{ field: 'status', current: 'theirs' }] }];
  await program.refuse(new ApiError(412, 'conflict', 'newer', 'status', { conflicts }));
  expect(store.mark(1, 'status')?.kind).toBe('newer');
  expect(program.calls[1]).toMatchObject({ name: 'both', body: [[{ id: 2 }], [{ shot: '1' }, { shot: '2' }]] });
  expect(program.calls[1]!.key).not.toBe(program.calls[0]!.key);
});

test('refused for a new row: the cells go by themselves, and the rows stay here as drafts', async () => {
  const { inserted } = pasted();
  const refusal = new ApiError(422, 'invalid_input', 'element 2: too long', 'shot', { index: 2 });
  await program.refuse(refusal);
  expect(program.calls[1]).toMatchObject({ name: 'change', body: [{ id: 1, status: 'done' }] });
  await program.answer({ data: [entry(1, { status: 'done' }, 6)] });
  expect(program.calls[2]!.name).toBe('create');
  await program.refuse(new ApiError(0, 'no_answer', 'down'));
  store.outbox.resume();
  await settled();
  expect(program.calls[3]).toEqual(program.calls[2]);
  await program.refuse(refusal);
  expect(inserted.map((row) => store.isDraft(row))).toEqual([true, true]);
  expect(store.outbox.waiting).toBe(0);
});

// Our grid with all that stands behind it on the page: the store of entries with its states of
// cells, filter and sort, and the painter of chips, weeks and renders.
import '../../../web/src/styles/base.css';
import '../../../web/src/styles/grid.css';
import { GridView } from '../../../web/src/grid/view';
import type { Api } from '../../../web/src/lib/api';
import type { Change, EntryJson } from '../../../web/src/lib/types';
import { EntryStore } from '../../../web/src/shots/entry_store';
import { defaultLayout } from '../../../web/src/shots/layout';
import { Sheet } from '../../../web/src/shots/sheet';
import { inDocument, offer } from './page.mjs';

let view: GridView | undefined;
let sheet: Sheet;
let version = 1;

/** The program behind the page is not part of this measurement: whatever is sent stays on its way. */
const api = new Proxy({}, { get: () => () => new Promise(() => undefined) }) as Api;

const store = new EntryStore(api, {
  rows: () => sheet.rowsChanged(),
  cells: (rows) => view?.repaint(rows),
  renamed: () => undefined,
  say: () => undefined,
  outbox: () => undefined,
  sessionEnded: () => undefined,
});

sheet = new Sheet(
  store,
  {
    arranged: () => view?.refresh(),
    repaintHead: () => view?.repaintHead(),
    laidOut: () => view?.relayout(),
    selected: () => undefined,
    open: () => undefined,
    addRow: () => undefined,
    say: () => undefined,
    askToAddRows: () => Promise.resolve(false),
    mayWrite: () => true,
  },
  defaultLayout(false, false),
  { at: () => undefined, statuses: () => [], isDone: (status) => status === 'done' },
);

/** As the program's API gives it. */
function entryOf(row: Record<string, string | number>): EntryJson {
  return {
    ...row,
    version,
    created_at: '2026-01-05T08:00:00Z',
    updated_at: '2026-01-05T08:00:00Z',
    media: {
      frames: 48, fps: '24/1', duration_seconds: 2, missing_frames: [], problem: null,
      path: null, measured_at: null, version: 'v001',
    },
  } as unknown as EntryJson;
}

offer({
  ...inDocument,
  rowsOf: (rows: Record<string, string | number>[]) => rows.map(entryOf),
  open(place: HTMLElement, rows: EntryJson[]) {
    view = new GridView(sheet);
    place.append(view.element);
    store.load(rows);
  },
  update(changes: { id: number; key: string; text: string }[]) {
    store.apply(
      changes.map(({ id, key, text }) => {
        const { cells } = store.entry(id)!;
        return {
          seq: ++version, entry_id: id, op: 'edit', before: { ...cells },
          after: { ...cells, [key]: text }, origin: 'web', author: 'Ben',
          at: '2026-01-05T08:00:00Z',
        } as Change;
      }),
    );
  },
  textAt: (index: number, key: string) => sheet.read(index + 1, key),
});

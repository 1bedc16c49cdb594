// How a person has arranged the columns: order, widths, what is hidden, the height of rows. Pure; a
// stored layout may come from an older page, so that whatever it lacks or does not know is mended.
import { type ShotColumn, columnsFor } from './columns';

export const row_heights = [28, 36, 64] as const;
export type RowHeight = (typeof row_heights)[number];

export interface Layout {
  readonly order: readonly string[];
  readonly hidden: readonly string[];
  readonly widths: Readonly<Record<string, number>>;
  readonly row_height: RowHeight;
  /** Beside the row's number, in sight however far one scrolls to the right. */
  readonly pictures: boolean;
}

const width_min = 40;
const width_max = 900;

export function defaultLayout(isNarrow: boolean, isCoarse: boolean): Layout {
  return {
    order: columnsFor(isNarrow).map((column) => column.key),
    hidden: [],
    widths: {},
    row_height: isCoarse ? 36 : 28,
    pictures: !isNarrow,
  };
}

/** Room for numbers up to `rows`, and for pictures of 16:9. */
export function headWidth(layout: Layout, rows: number): number {
  const picture = layout.pictures ? Math.round(((layout.row_height - 4) * 16) / 9) + 6 : 0;
  return (rows < 10_000 ? 48 : 66) + picture;
}

/** Columns as they are shown; sticky ones that were moved away from the front stick no more. */
export function columnsOf(layout: Layout, known: readonly ShotColumn[]): ShotColumn[] {
  const places = new Map(layout.order.map((key, index) => [key, index]));
  const place = (column: ShotColumn): number => places.get(column.key) ?? layout.order.length;
  return known
    .filter((column) => !layout.hidden.includes(column.key))
    .sort((a, b) => place(a) - place(b))
    .map((column) => ({ ...column, width: layout.widths[column.key] ?? column.width }));
}

export function resized(layout: Layout, key: string, width: number): Layout {
  const kept = Math.round(Math.min(width_max, Math.max(width_min, width)));
  return { ...layout, widths: { ...layout.widths, [key]: kept } };
}

/** `key` takes the place of `to`; what stood there moves towards where `key` came from. */
export function moved(layout: Layout, key: string, to: string): Layout {
  const target = layout.order.indexOf(to);
  if (target < 0 || key === to) return layout;
  const order = layout.order.filter((one) => one !== key);
  order.splice(target, 0, key);
  return { ...layout, order };
}

/** One column further, among those that are shown. */
export function shifted(layout: Layout, key: string, by: -1 | 1): Layout {
  const shown = layout.order.filter((one) => !layout.hidden.includes(one));
  const neighbour = shown[shown.indexOf(key) + by];
  return neighbour === undefined ? layout : moved(layout, key, neighbour);
}

/** The last column that is shown stays. */
export function toggled(layout: Layout, key: string): Layout {
  if (layout.hidden.includes(key)) {
    return { ...layout, hidden: layout.hidden.filter((one) => one !== key) };
  }
  if (layout.order.length - layout.hidden.length <= 1) return layout;
  return { ...layout, hidden: [...layout.hidden, key] };
}

export function parseLayout(json: unknown, otherwise: Layout): Layout {
  if (typeof json !== 'object' || json === null) return otherwise;
  const { order, hidden, widths, row_height, pictures } = json as Record<string, unknown>;
  const known = (list: unknown): string[] =>
    Array.isArray(list) ? [...new Set(list)].filter((key) => otherwise.order.includes(key)) : [];
  const first = known(order);
  const away = known(hidden);
  let layout: Layout = {
    order: [...first, ...otherwise.order.filter((key) => !first.includes(key))],
    hidden: away.length < otherwise.order.length ? away : [],
    widths: {},
    row_height: row_heights.find((one) => one === row_height) ?? otherwise.row_height,
    pictures: typeof pictures === 'boolean' ? pictures : otherwise.pictures,
  };
  for (const [key, width] of Object.entries((widths ?? {}) as Record<string, unknown>)) {
    if (typeof width === 'number' && layout.order.includes(key)) layout = resized(layout, key, width);
  }
  return layout;
}

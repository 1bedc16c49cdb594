// What is shown of the shots, as the address says it: ?q=status%3Dwip&sort=-week_yyyymmdd
import type { Sheet } from './sheet';

export function searchOf(sheet: Pick<Sheet, 'filter' | 'sorting'>): string {
  const query = new URLSearchParams();
  if (sheet.filter.trim() !== '') query.set('q', sheet.filter.trim());
  const sort = sheet.sorting;
  if (sort) query.set('sort', `${sort.descending ? '-' : ''}${sort.column}`);
  return query.size === 0 ? '' : `?${query}`;
}

export function takeSearch(sheet: Pick<Sheet, 'setFilter' | 'setSort'>, search: string): void {
  const query = new URLSearchParams(search);
  const sort = query.get('sort');
  sheet.setSort(sort ? { column: sort.replace(/^-/, ''), descending: sort[0] === '-' } : null);
  sheet.setFilter(query.get('q') ?? '');
}

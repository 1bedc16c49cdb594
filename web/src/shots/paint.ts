// How a cell of the Shots grid looks. Text nodes only: whatever a cell holds stays text.
import { t } from '../lib/i18n';
import { weekText } from '../lib/format';
import type { Entry } from '../lib/types';
import type { Mark } from './cell_states';
import { type ShotColumnKey, isMeasured } from './columns';

const mark_classes = [
  'is-pending', 'is-saved', 'is-live', 'is-refused', 'is-newer', 'is-overwritten',
];
const statuses = 8; // colours in app.css

/** What a mark means, in words; '' where nothing needs to be said. */
export function markText(mark: Mark | null): string {
  switch (mark?.kind) {
    case 'refused':
      return t('mark_refused', { reason: mark.reason });
    case 'newer':
      return t('mark_newer', { author: mark.author || t('somebody'), theirs: mark.theirs });
    case 'overwritten': {
      const { winning_author, losing } = mark.conflict;
      return t('mark_overwritten', { author: winning_author || t('somebody'), losing });
    }
    case 'pending':
      return t('mark_pending');
    default:
      return '';
  }
}

/** The same word always gets the same colour; the usual words get the fitting one. */
export function statusColour(status: string): number {
  const word = status.toLowerCase();
  if (/done|final|approved|complete/.test(word)) return 1;
  if (/wip|progress|started/.test(word)) return 2;
  if (/review|check/.test(word)) return 3;
  if (/retake|fix|reject/.test(word)) return 4;
  if (/hold|omit|wait/.test(word)) return 5;
  if (/todo|ready|not started|open/.test(word)) return 0;
  let sum = 0;
  for (const letter of word) sum = (sum * 31 + letter.codePointAt(0)!) % 997;
  return sum % statuses;
}

function span(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

function contentOf(
  entry: Entry | undefined,
  column: ShotColumnKey,
  text: string,
): (Node | string)[] {
  if (column === 'status' && text !== '') {
    return [span(`chip chip-${statusColour(text)}`, text)];
  }
  if (column === 'week_yyyymmdd') {
    const week = weekText(text);
    return week === '' ? [text] : [text, span('faint', week)];
  }
  if (column === 'media') return mediaContent(entry);
  if (text.includes('\n')) return [text.replaceAll('\n', ' ↵ ')];
  return [text];
}

function mediaContent(entry: Entry | undefined): (Node | string)[] {
  const media = entry?.media;
  if (!media) return [];
  const missing = media.missing_frames.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (missing > 0) return [span('problem', `▲ ${t('media_missing', { n: missing })}`)];
  if (media.problem) return [span('problem', `▲ ${media.problem}`)];
  return [span('faint', [media.version, '✓'].filter(Boolean).join(' '))];
}

export function paintCell(
  cell: HTMLElement,
  entry: Entry | undefined,
  column: ShotColumnKey,
  text: string,
  mark: Mark | null,
): void {
  const look = `${column} ${text} ${mark?.kind ?? ''} ${markText(mark)} ${entry?.version ?? ''}`;
  if (cell.dataset['look'] === look) return;
  cell.dataset['look'] = look;
  cell.replaceChildren(...contentOf(entry, column, text));
  cell.classList.remove(...mark_classes);
  if (mark) cell.classList.add(`is-${mark.kind}`);
  const said = markText(mark);
  const isWrong = mark?.kind === 'refused' || mark?.kind === 'newer';
  if (isWrong) cell.setAttribute('aria-invalid', 'true');
  else cell.removeAttribute('aria-invalid');
  cell.title = said !== '' ? said : isMeasured(column) || text.length > 12 ? text : '';
}

// How a cell of the Shots grid looks. Text nodes only: whatever a cell holds stays text.
import { t } from '../lib/i18n';
import { frameRateText, weekText } from '../lib/format';
import { colourOf, initialsOf } from '../lib/presence';
import type { Entry, Media, Place } from '../lib/types';
import type { Mark } from './cell_states';
import { type ShotColumnKey, isMeasured } from './columns';

/** What a cell shows besides its own text. */
export interface Look {
  at(row: number, column: string): Place | undefined;
  /** The team's list of statuses. */
  statuses(): readonly string[];
  isDone(status: string): boolean;
}

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

/**
 * Why a shot that is called finished is not: nothing was delivered, or what was delivered is not
 * whole, or was there before the last retake. '' = nothing to say.
 */
export function claimText(entry: Entry | undefined, look: Pick<Look, 'isDone'>): string {
  if (!entry || !look.isDone(entry.cells.status)) return '';
  const { media } = entry;
  if (!media) return t('claim_no_file');
  switch (entry.doubts[0]) {
    case 'older_than_retake':
      return t('claim_older');
    case 'empty':
      return t('claim_empty');
    case 'gaps':
      return t('media_missing', { n: missingFrames(media) });
    case 'wrong_rate':
      return t('claim_rate', { rate: frameRateText(media) });
    default:
      return media.problem ?? '';
  }
}

function missingFrames(media: Media): number {
  return media.missing_frames.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** The same word always gets the same colour; the usual words get the fitting one. */
export function statusColour(status: string): number {
  const word = status.toLowerCase();
  if (/todo|ready|not started|open/.test(word)) return 0;
  if (/done|final|approved|complete/.test(word)) return 1;
  if (/wip|progress|started/.test(word)) return 2;
  if (/review|check/.test(word)) return 3;
  if (/retake|fix|reject/.test(word)) return 4;
  if (/hold|omit|wait/.test(word)) return 5;
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
  look: Look,
  hasStill: boolean,
): (Node | string)[] {
  if (column === 'status' && text !== '') {
    const chip = span(`chip chip-${statusColour(text)}`, text);
    return claimText(entry, look) === '' ? [chip] : [chip, span('claim', '')];
  }
  if (column === 'week_yyyymmdd') {
    const week = weekText(text);
    return week === '' ? [text] : [text, span('faint', week)];
  }
  if (column === 'media') return mediaContent(entry, look, hasStill);
  if (text.includes('\n')) return [text.replaceAll('\n', ' ↵ ')];
  return [text];
}

function mediaContent(entry: Entry | undefined, look: Look, hasStill: boolean): (Node | string)[] {
  const media = entry?.media;
  if (!media) {
    const claim = claimText(entry, look);
    return claim === '' ? [] : [span('problem', `▲ ${claim}`)];
  }
  const missing = missingFrames(media);
  let said = span('faint', [media.version, '✓'].filter(Boolean).join(' '));
  if (media.problem) said = span('problem', `▲ ${media.problem}`);
  if (missing > 0) said = span('problem', `▲ ${t('media_missing', { n: missing })}`);
  return hasStill && media.thumbnail ? [stillOf(entry, media.thumbnail), said] : [said];
}

function stillOf(entry: Entry, address: string): HTMLElement {
  const still = document.createElement('img');
  still.className = 'still';
  still.alt = '';
  still.loading = 'lazy';
  still.decoding = 'async';
  still.draggable = false;
  still.dataset['row'] = String(entry.id); // for the preview
  still.src = address;
  return still;
}

/** The row's number, with its picture if the entry is given. */
export function paintRowHead(
  cell: HTMLElement,
  entry: Entry | undefined,
  number: number,
  isDraft: boolean,
): void {
  const address = entry?.media?.thumbnail;
  const text = isDraft ? '✎' : String(number);
  const seen = `${text} ${entry?.id ?? ''} ${address ?? ''}`;
  if (cell.dataset['look'] === seen) return;
  cell.dataset['look'] = seen;
  cell.replaceChildren(...(entry && address ? [stillOf(entry, address), text] : [text]));
  cell.title = isDraft ? t('draft') : '';
  if (isDraft) cell.setAttribute('aria-label', `${number}, ${t('draft')}`);
  else cell.removeAttribute('aria-label');
  cell.classList.toggle('is-draft', isDraft);
}

export function paintCell(
  cell: HTMLElement,
  entry: Entry | undefined,
  column: ShotColumnKey,
  text: string,
  mark: Mark | null,
  look: Look,
  hasStill: boolean,
): void {
  const place = entry ? look.at(entry.id, column) : undefined;
  const claim = column === 'status' ? claimText(entry, look) : '';
  const said = markText(mark);
  const still = hasStill && column === 'media' ? entry?.media?.thumbnail : '';
  const state = `${column} ${text} ${mark?.kind ?? ''} ${said} ${entry?.version ?? ''} ${claim} ${still}`;
  const seen = `${state} ${place?.name ?? ''} ${place?.editing ?? ''}`;
  if (cell.dataset['look'] === seen) return;
  cell.dataset['look'] = seen;
  cell.replaceChildren(...contentOf(entry, column, text, look, hasStill));
  // Most cells have neither mark nor visitor, now and before: while rows fly by, it counts.
  const isSpecial = mark !== null || place !== undefined;
  if (isSpecial || cell.dataset['special']) {
    cell.classList.remove(...mark_classes, ...who_classes);
    if (mark) cell.classList.add(`is-${mark.kind}`);
    paintPlace(cell, place);
    if (isSpecial) cell.dataset['special'] = 'yes';
    else delete cell.dataset['special'];
  }
  const isWrong = mark?.kind === 'refused' || mark?.kind === 'newer';
  if (isWrong) cell.setAttribute('aria-invalid', 'true');
  else cell.removeAttribute('aria-invalid');
  const own = isMeasured(column) || text.length > 12 ? text : '';
  const parts = [said || own, claim === '' ? '' : t('claim', { reason: claim })];
  if (place) parts.push(t('is_here', { name: place.name }));
  cell.title = parts.filter((part) => part !== '').join(' · ');
}

const who_classes = Array.from({ length: 6 }, (_, index) => `who-${index}`);

/** Somebody else is at this cell. */
function paintPlace(cell: HTMLElement, place: Place | undefined): void {
  if (!place) {
    delete cell.dataset['who'];
    return;
  }
  cell.dataset['who'] = place.editing ? place.name : initialsOf(place.name);
  cell.classList.add(`who-${colourOf(place.name)}`);
}

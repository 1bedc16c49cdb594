// Which shots have a render, which miss one, and which have something wrong. Pure.
import type { Entry } from '../lib/types';

export type MediaGroup = 'all' | 'week' | 'missing' | 'gaps' | 'problem' | 'claimed';

export interface MediaRow {
  readonly entry: Entry;
  readonly groups: ReadonlySet<MediaGroup>;
}

const week_ms = 7 * 86_400_000;

export function mediaRows(
  entries: readonly Entry[],
  isDone: (status: string) => boolean,
  now_ms: number,
): MediaRow[] {
  return entries.map((entry) => {
    const groups = new Set<MediaGroup>(['all']);
    const { media } = entry;
    if (!media) groups.add('missing');
    if (media && media.missing_frames.length > 0) groups.add('gaps');
    if (media?.problem) groups.add('problem');
    if (media?.measured_at && now_ms - Date.parse(media.measured_at) < week_ms) groups.add('week');
    if (entry.doubts.length > 0 && isDone(entry.cells.status)) groups.add('claimed');
    return { entry, groups };
  });
}

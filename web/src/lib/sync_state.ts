// The sync pill: which one thing about the sync a person should know now. Pure.
import type { Key } from './i18n';
import type { SyncStatus } from './types';

export type PillKind = 'good' | 'busy' | 'waiting' | 'problem' | 'offline';

export interface Pill {
  readonly kind: PillKind;
  readonly key: Key;
  readonly values: Record<string, string | number>;
  /** More of it, for those who point at it. */
  readonly more?: { readonly key: Key; readonly values: Record<string, string | number> };
}

export interface PillInput {
  readonly status: SyncStatus | null;
  /** Cells and rows not answered yet. */
  readonly unsent: number;
  /** The program answers and the live stream stands. */
  readonly isConnected: boolean;
  readonly conflicts: number;
  readonly held: number;
  readonly time: (text: string | null | undefined) => string;
}

export function pillOf(input: PillInput): Pill {
  const { status, unsent, time } = input;
  const pill = (kind: PillKind, key: Key, values: Pill['values'] = {}): Pill => ({
    kind,
    key,
    values,
  });
  if (!input.isConnected && status) return pill('offline', 'sync_you_offline', { n: unsent });
  if (!status) return pill('busy', 'sync_connecting');
  if (unsent > 0) return pill('busy', 'sync_saving', { n: unsent });
  if (input.held > 0) return pill('problem', 'sync_held', { n: input.held });
  if (input.conflicts > 0) return pill('problem', 'sync_conflicts', { n: input.conflicts });
  if (status.local === 'paused' || status.cloudSyncEnabled === false) {
    return pill('waiting', 'sync_paused');
  }
  if (status.local === 'offline') {
    const since = time(status.lastSyncAt);
    return since === ''
      ? pill('offline', 'sync_offline_plain')
      : pill('offline', 'sync_offline', { time: since });
  }
  const waiting = (status.pendingToWorkbook ?? 0) + (status.pendingToCloud ?? 0);
  if (status.workbookOpenBy) {
    return pill('waiting', 'sync_open_by', { name: status.workbookOpenBy, n: waiting });
  }
  if (status.problem) return pill('problem', 'sync_problem');
  if (waiting > 0) return pill('busy', 'sync_to_excel', { n: waiting });
  // When both sides were last seen to be the same: when they changed says little, it may be days ago.
  const looked = time(status.equalAsOf ?? status.lastSyncAt);
  const values = { time: looked, change: time(status.lastSyncAt) };
  return { ...pill('good', 'sync_in_sync', values), more: { key: 'sync_equal_since', values } };
}

// The first run: which one question is open now. Pure.
import type { Key } from '../lib/i18n';
import type { Me, SyncStatus } from '../lib/types';

export type Step = 'account' | 'studio' | 'workbook' | 'team' | 'ready';
export const steps: readonly Step[] = ['account', 'studio', 'workbook', 'team', 'ready'];

/** The first that is not answered; `isTeamDone`: the person went on from there. */
export function stepNow(me: Me, status: SyncStatus | null, isTeamDone: boolean): Step {
  if (me.has_password === false) return 'account';
  if (status?.local !== 'connected') return 'studio';
  if (!status.workbook?.available || status.problem) return 'workbook';
  return isTeamDone ? 'ready' : 'team';
}

export interface Trouble {
  readonly key: Key;
  readonly values: Record<string, string>;
}

/** What keeps the step from being done, as far as the cloud can know. */
export function troubleOf(step: Step, status: SyncStatus | null, origin: string): Trouble | null {
  if (step === 'studio') {
    if (status?.cloudSyncEnabled === false) return { key: 'start_paused', values: {} };
    return status?.wrongKeyAt
      ? { key: 'start_wrong_key', values: {} }
      : { key: 'start_not_heard', values: { url: origin } };
  }
  if (step !== 'workbook') return null;
  if (status?.problem) return { key: 'start_problem', values: { problem: status.problem } };
  return { key: 'start_no_workbook', values: {} };
}

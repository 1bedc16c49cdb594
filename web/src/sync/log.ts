// What a line of the sync's log says: which row, which column, which value. Pure.
import { type Key, t } from '../lib/i18n';
import type { LogLine, LoggedChange } from '../lib/types';
import { shot_columns } from '../shots/columns';

const known: Record<string, Key> = {
  'excel_to_cloud push': 'log_push',
  'excel_to_cloud refuse': 'log_refuse',
  'conflict edit': 'log_conflict',
  'conflict delete': 'log_conflict',
  'held approve': 'log_approve',
  'held reject': 'log_reject',
};

function columnText(field: string | undefined): string {
  const column = shot_columns.find((one) => one.key === field);
  return column ? t(column.title) : (field ?? '');
}

function changeText({ op, name, field, value = '' }: LoggedChange): string {
  if (op === 'edit') return t('log_edit', { name, column: columnText(field), value });
  return `${name}, ${t(`history_${op}`)}`;
}

/** `nameOf`: of a row that is here. What other programs wrote into the log is shown as it stands. */
export function logText(line: LogLine, nameOf: (id: number) => string): string {
  const key = known[`${line.sync_type} ${line.action}`];
  if (!key) return [line.sync_type, line.action, line.status, line.error_message ?? ''].join(' ').trim();
  const { changes, more = 0, op, field, winning, losing, entry_id } = line.data_snapshot ?? {};
  const said = Array.isArray(changes) ? changes.map(changeText) : [];
  if (more > 0) said.push(t('log_more', { n: more }));
  if (losing !== undefined) {
    const values = t('history_edit', { field: columnText(field), before: losing, after: winning ?? '' });
    said.push(`${nameOf(entry_id ?? 0)}, ${values}`);
  } else if (op) {
    const name = op.id ? nameOf(op.id) : [op.cells?.scene, op.cells?.shot].filter(Boolean).join(' · ');
    said.push(op.column ? t('log_edit', { name, column: columnText(op.column), value: op.new ?? '' }) : name);
  }
  if (line.error_message && losing === undefined) said.push(line.error_message);
  return [t(key), said.filter((one) => one !== '').join('; ')].filter((one) => one !== '').join(': ');
}

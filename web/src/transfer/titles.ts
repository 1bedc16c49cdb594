// How a field of an import is called.
import { t } from '../lib/i18n';
import { shot_columns } from '../shots/columns';
import type { Target } from './plan';

export function titleOf(target: Target): string {
  if (target === '') return t('import_ignore');
  if (target === 'id') return 'Tracker ID';
  return t(shot_columns.find((column) => column.key === target)!.title);
}

// Roles from the least to the most. Pure.
import type { Role } from '../lib/types';

export const roles: readonly Role[] = ['viewer', 'animator', 'producer', 'admin'];

/** Nobody gives more than they have. */
export function rolesUpTo(own: Role): readonly Role[] {
  return roles.slice(0, roles.indexOf(own) + 1);
}

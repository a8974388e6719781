import { tKnown } from '../../core/i18n';
import type { PermissionArea, PermissionEntry, RoleScope } from '../../api/types';

export const areaName = (area: string): string => tKnown(`permission-area.${area}`, area);
/** What a permission is for; one that the portal does not know yet is shown by its code. */
export const permissionName = (code: string): string => tKnown(`permission.${code}`, code);

/** Whether a role of this scope may have the permission. */
export const fits = (permission: PermissionEntry, scope: RoleScope): boolean => scope === 'tenant' || permission.place !== 'tenant';

/** The areas with those permissions that have the words: in the name, the code, or what they open. */
export function found(areas: PermissionArea[], words: string): PermissionArea[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return areas;
  const has = (text: string) => text.toLowerCase().includes(wanted);
  return areas.flatMap((area) => {
    const permissions = has(areaName(area.area)) ? area.permissions : area.permissions.filter((one) => has(one.code) || has(permissionName(one.code)) || one.opens.some((door) => has(door.summary) || has(door.path)));
    return permissions.length ? [{ ...area, permissions }] : [];
  });
}

/** The codes after a whole area was taken in or left out, of those that can be chosen. */
export function toggled(codes: string[], area: string[], on: boolean): string[] {
  const others = codes.filter((code) => !area.includes(code));
  return on ? [...others, ...area].sort() : others;
}

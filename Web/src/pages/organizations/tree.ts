import type { Organization } from '../../api/types';

export interface Branch { organization: Organization; depth: number; children: Branch[] }

/** Parents with their children; what the server names no parent of is at the top. */
export function branches(items: Organization[]): Branch[] {
  const known = new Set(items.map((item) => item.id));
  const below = (parent: string | null, depth: number): Branch[] =>
    items
      .filter((item) => (parent === null ? !item.parent || !known.has(item.parent) : item.parent === parent))
      .map((organization) => ({ organization, depth, children: below(organization.id, depth + 1) }));
  return below(null, 0);
}

/** The same in the order of reading. */
export const flat = (items: Branch[]): Branch[] => items.flatMap((branch) => [branch, ...flat(branch.children)]);

/** `Acme / Europe / Berlin` */
export function organizationPath(item: Organization, items: Organization[]): string {
  const parent = items.find((one) => one.id === item.parent);
  return parent ? `${organizationPath(parent, items)} / ${item.name}` : item.name;
}

import { remembered } from './preferences';

const chosen = remembered<string | null>('organization', null);

/** The organization that the portal looks at; null for everything that the person may see. */
export const organization = (): string | null => chosen.get();
export const forgetOrganization = (): void => chosen.set(null);

/** Looks at another organization. The page starts anew, so that nothing of the one before stays anywhere. */
export function lookAt(id: string | null, path: string): void {
  chosen.set(id);
  location.assign(path);
}

/** The tree of organizations is what one chooses from, so it is never narrowed by the choice. */
export const isNarrowed = (path: string): boolean => !/^\/organizations(\/|\?|$)/.test(path);

import type { CreateGrant, TrialMembership } from '../../api/types';
import type { Picked } from '../../ui/Picker';

/** What is to be tried: nothing of it is done. */
export interface TriedChanges { revoke: Picked[]; add: CreateGrant[]; people: Picked[]; group: Picked | null; joins: boolean; days: number }

export const nothingTried = (revoke: Picked[] = []): TriedChanges => ({ revoke, add: [], people: [], group: null, joins: false, days: 30 });

export const memberships = (changes: TriedChanges): TrialMembership[] =>
  changes.group ? changes.people.map((one) => ({ user: one.id, group: changes.group!.id, isMember: changes.joins })) : [];

export const hasChanges = (changes: TriedChanges): boolean => changes.revoke.length + changes.add.length + memberships(changes).length > 0;

/** The body that asks. */
export const trialBody = (changes: TriedChanges) => ({
  days: changes.days, add: changes.add, revoke: changes.revoke.map((one) => one.id), memberships: memberships(changes),
});

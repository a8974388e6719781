import { h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import { may } from '../../core/session';
import type { CheckOut, KnownSecret } from '../../api/types';
import { RelativeTime, Tag } from '../../ui/bits';
import type { Column, FilterDef } from '../../table/columns';

/** What is read anew after one has moved. */
export const checkOutChanges = ['/my/check-outs', '/check-outs'];

const endings = { time: 'check-out.ended.time', 'checked-in': 'check-out.ended.checked-in', revoked: 'check-out.ended.revoked', 'holder-gone': 'check-out.ended.holder-gone' } as const;

export const checkOutName = (one: CheckOut): string => `${one.accountName}@${one.assetName}`;

/** The server looks at times too; what it has not marked yet is over all the same. */
export const isOver = (one: CheckOut, now = Date.now()): boolean => one.state !== 'active' || new Date(one.endsAt).getTime() <= now;
export const isOpen = (one: CheckOut, now = Date.now()): boolean => !isOver(one, now) && new Date(one.startsAt).getTime() <= now;

/** Whoever may ask for a secret, and show what comes of it. */
export const mayAskForSecrets = (): boolean => may('tickets.open') && may('secrets.mine');

/** To whom it was shown: the last one by name, the others by their number. */
export const knownTo = (known: KnownSecret): string => (known.people > 1 ? `${known.userName} +${known.people - 1}` : known.userName);

/** A secret that people know who have it no longer; another one, and it is gone. */
export const Known = view<{ known: KnownSecret }>((props) => [
  <Tag tone="bad">{t('account.known')}</Tag>, <small>{t('account.known.to', { name: knownTo(props.known) })} <RelativeTime time={props.known.endedAt} /></small>,
]);

export const knownFilter = (): FilterDef => ({ id: 'isKnown', title: 'account.known', choices: [{ value: 'true', text: t('yes') }, { value: 'false', text: t('no') }] });

/** How it stands, in a word. */
export function standing(one: CheckOut, now = Date.now()): string {
  if (isOver(one, now)) return t(endings[one.endedBecause ?? 'time']);
  return t(isOpen(one, now) ? 'check-out.open' : 'my-access.later');
}

/** What the lists of one's own and of all have in common. */
export const checkOutColumns = (): Column<CheckOut>[] => [
  { id: 'state', title: 'state', kind: 'tight', cell: (one) => <Tag tone={isOpen(one) ? 'good' : undefined}>{standing(one)}</Tag>, text: (one) => standing(one) },
  { id: 'starts', title: 'ticket.starts', kind: 'tight', off: true, cell: (one) => <RelativeTime time={one.startsAt} />, text: (one) => one.startsAt },
  { id: 'ends', title: 'grant.ends', kind: 'tight', cell: (one) => <RelativeTime time={one.endedAt ?? one.endsAt} />, text: (one) => one.endedAt ?? one.endsAt },
  { id: 'shown', title: 'check-out.shown', kind: 'tight', cell: (one) => (one.lastShownAt ? <RelativeTime time={one.lastShownAt} /> : t('check-out.shown.never')), text: (one) => one.lastShownAt ?? '' },
  { id: 'created', title: 'created', kind: 'tight', off: true, sort: 'createdAt', cell: (one) => <RelativeTime time={one.createdAt} />, text: (one) => one.createdAt },
];

export const checkOutFilters = (): FilterDef[] => [
  { id: 'state', title: 'state', choices: [{ value: 'active', text: t('check-out.open') }, { value: 'ended', text: t('check-out.over') }] },
];

import { component, h } from '../../core/jsx';
import { act } from '../../core/act';
import { api } from '../../core/client';
import { t, type Key } from '../../core/i18n';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import { now } from '../../core/time';
import type { SignInLink } from '../../api/types';
import { EmptyState, Person, RelativeTime, StateTag } from '../../ui/bits';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';

const path = '/sign-in-links';

const state = (link: SignInLink): string => {
  if (link.usedAt) return 'used';
  if (link.revokedAt) return 'revoked';
  return new Date(link.expiresAt).getTime() <= now.value ? 'expired' : 'open';
};

const means: Record<SignInLink['through'], Key> = { 'access-key': 'sign-in-link.access-key', token: 'sign-in-link.token', browser: 'sign-in-link.browser' };

const revoke = (link: SignInLink) => act(() => api.delete(at`/sign-in-links/${link.id}`), { done: t('sign-in-link.revoked', { name: link.name }), changes: [path] });

/** Links to a sign-in that other systems have asked for: for whom, who asked, and what became of them. */
export const SignInLinksPage = component(() => {
  const columns: Column<SignInLink>[] = [
    { id: 'name', title: 'name', kind: 'main', sort: 'name', cell: (link) => <Person name={link.name} to={may('users.read') ? at`/users/${link.user}` : undefined} />, text: (link) => link.name },
    { id: 'login', title: 'login', sort: 'login', cell: (link) => <code>{link.login}</code>, text: (link) => link.login },
    { id: 'state', title: 'state', kind: 'tight', cell: (link) => <StateTag state={state(link)} />, text: state },
    { id: 'by', title: 'sign-in-link.by', cell: (link) => `${link.createdByName} · ${t(means[link.through])}`, text: (link) => link.createdByName },
    { id: 'created', title: 'created', kind: 'tight', sort: 'createdAt', cell: (link) => <RelativeTime time={link.createdAt} />, text: (link) => link.createdAt },
    { id: 'used', title: 'sign-in-link.used', kind: 'tight', cell: (link) => <RelativeTime time={link.usedAt} />, text: (link) => link.usedAt ?? '' },
    { id: 'from', title: 'review.address', kind: 'tight', cell: (link) => <code>{link.usedFrom ?? ''}</code>, text: (link) => link.usedFrom ?? '' },
    { id: 'landing', title: 'sign-in-link.landing', cell: (link) => <code>{link.landing ?? '/'}</code>, text: (link) => link.landing ?? '/' },
  ];
  const actions = (link: SignInLink) => state(link) === 'open' ? [{ text: t('sign-in-link.revoke'), icon: 'circle-x' as const, danger: true, onPick: () => void revoke(link) }] : [];
  return () => (
    <Page title={t('page.sign-in-links')} lead={t('sign-in-links.lead')}>
      <ResourceTable<SignInLink>
        id="sign-in-links" path={path} label={t('page.sign-in-links')} columns={columns} searchBy={['name', 'login']} rowActions={may('sign-in-links.issue') ? actions : undefined}
        empty={() => <EmptyState icon="external-link" title={t('sign-in-links.empty')} text={t('sign-in-links.empty.text')} />}
      />
    </Page>
  );
});

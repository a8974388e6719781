import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { act } from '../../core/act';
import { api } from '../../core/client';
import { t, tKnown } from '../../core/i18n';
import { at } from '../../core/paths';
import type { Problem } from '../../core/problem';
import { invalidate, useQuery } from '../../core/query';
import { toast } from '../../core/toasts';
import type { OwnIdentities, OwnIdentity, ProposedBinding } from '../../api/types';
import { EmptyState, RelativeTime, Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { ProblemNote } from '../../ui/ProblemNote';
import { beginBinding, lastBinding } from './binding';

const path = '/me/identities';

/** Accounts elsewhere by which the person comes in, and those that they can bind. */
export const Identities = component(() => {
  const answer = useQuery<OwnIdentities>(() => path);
  const problem = shallowRef<Problem | null>(null);
  const ask = (found: ProposedBinding) => confirm({
    title: t('binding.title', { provider: found.provider }), text: t('binding.text', { account: found.account, provider: found.provider, name: found.name, login: found.login }), action: t('binding.confirm'),
    work: async () => { await api.post(`${path}/confirm`, { token: found.token }); invalidate(path); toast(t('binding.done', { provider: found.provider })); },
  });
  // Back from a provider with this browser.
  if (lastBinding.value) {
    const { proposal, problem: wrong } = lastBinding.value;
    lastBinding.value = null;
    problem.value = wrong;
    if (proposal) void ask(proposal);
  }
  const bind = (provider: string) => act(() => beginBinding(provider), { changes: [] });
  const undo = (one: OwnIdentity) => confirm({
    title: t('binding.undo.title', { provider: one.name }), text: t('binding.undo.text'), action: t('binding.undo'), danger: true,
    work: async () => { await api.delete(at`/me/identities/${one.provider}`); invalidate(path); toast(t('binding.undone', { provider: one.name })); },
  });
  const line = (one: OwnIdentity) => (
    <li key={one.provider}>
      <Icon name="key" />
      <div class="grow">
        <b>{one.name}</b> {!one.enabled && <Tag>{t('binding.off')}</Tag>}
        <small>{tKnown(`provider-kind.${one.kind}`, one.kind)}{one.account ? `: ${one.account}` : ''}</small>
        <small>{t('last-used')} <RelativeTime time={one.lastSignInAt} none={t('never')} /></small>
      </div>
      {one.boundByUser ? <Button small kind="danger" onClick={() => void undo(one)}>{t('binding.undo')}</Button> : <Tag>{t('binding.company')}</Tag>}
    </li>
  );
  const show = (all: OwnIdentities) => [
    all.items.length > 0 && <ul class="list" aria-label={t('profile.accounts')}>{all.items.map(line)}</ul>,
    !all.items.length && !all.bindable.length && <div class="card"><EmptyState icon="key" title={t('binding.empty')} text={t('binding.empty.text')} /></div>,
    all.bindable.length > 0 && <p class="actions">{all.bindable.map((one) => <Button key={one.id} icon="plus" onClick={() => void bind(one.id)}>{t('binding.begin', { provider: one.name })}</Button>)}</p>,
  ];
  return () => (
    <Section title={t('profile.accounts')}>
      <p>{t('binding.lead')}</p>
      {problem.value && <ProblemNote problem={problem.value} />}
      <Loaded answer={answer} show={show} />
    </Section>
  );
});

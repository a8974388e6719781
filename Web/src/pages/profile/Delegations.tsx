import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { act } from '../../core/act';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { me } from '../../core/session';
import { fromLocalInput } from '../../core/time';
import { toast } from '../../core/toasts';
import type { Delegation, List } from '../../api/types';
import { EmptyState, RelativeTime, Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { FormDrawer } from '../../ui/FormDrawer';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { TextInput } from '../../ui/inputs';

const path = '/me/delegations';

const end = (one: Delegation) => act(() => api.post(at`/me/delegations/${one.id}/end`), { done: t('delegation.ended'), changes: [path, '/inbox'] });

/** How things stand with it now. */
export const standing = (one: Delegation, now: number): 'ended' | 'running' | 'coming' => {
  if (one.endedAt || Date.parse(one.endsAt) <= now) return 'ended';
  return Date.parse(one.startsAt) <= now ? 'running' : 'coming';
};

/** Who answers requests for this person while they are away, and for whom they do. */
export const Delegations = component(() => {
  const answer = useQuery<List<Delegation>>(() => path);
  const adding = ref(false);
  const add = () => { adding.value = true; };
  const line = (one: Delegation) => {
    const state = standing(one, Date.now());
    const mine = one.from.id === me.value?.user.id;
    return (
      <li key={one.id}>
        <Icon name={mine ? 'send' : 'inbox'} />
        <div class="grow">
          <b>{mine ? t('delegation.to', { name: one.to.name }) : t('delegation.from', { name: one.from.name })} {state !== 'running' && <Tag>{state === 'ended' ? t('delegation.ended') : t('delegation.coming')}</Tag>}</b>
          <small><RelativeTime time={one.startsAt} /> – <RelativeTime time={one.endedAt ?? one.endsAt} /></small>
          {one.note && <small>{one.note}</small>}
        </div>
        {state !== 'ended' && <Button small kind="danger" onClick={() => void end(one)}>{t('delegation.end')}</Button>}
      </li>
    );
  };
  return () => (
    <Section title={t('profile.delegations')} actions={() => <Button icon="plus" onClick={add}>{t('delegation.add')}</Button>}>
      <p class="faint">{t('delegations.lead')}</p>
      <Loaded answer={answer} show={(list: List<Delegation>) => list.items.length ? <ul class="list" aria-label={t('profile.delegations')}>{list.items.map(line)}</ul> : <div class="card"><EmptyState icon="inbox" title={t('delegations.empty')} text={t('delegations.empty.text')} action={t('delegation.add')} onAction={add} /></div>} />
      {adding.value && <DelegationForm onClose={() => { adding.value = false; }} />}
    </Section>
  );
});

const DelegationForm = component<{ onClose: () => void }>((props) => {
  const form = new Form({ login: '', startsAt: '', endsAt: '', note: '' });
  const save = async () => {
    const { login, startsAt, endsAt, note } = form.values;
    const start = fromLocalInput(startsAt);
    const made = await api.post<Delegation>(path, { to: { login: login.trim() }, note: note.trim(), endsAt: fromLocalInput(endsAt), ...(start ? { startsAt: start } : {}) });
    invalidate(path);
    toast(t('delegation.added', { name: made.to.name }));
  };
  return () => (
    <FormDrawer
      dialog title={t('delegation.add')} save={save} saveText={t('delegation.save')} onClose={props.onClose} changed={form.isChanged} known={['to', 'startsAt', 'endsAt', 'note']}
      fields={(state) => [
        <TextInput name="delegation-login" label={t('delegation.login')} value={form.values.login} onInput={form.set('login')} error={state.error('to')} help={t('delegation.login.help')} autofocus />,
        <TextInput name="startsAt" label={t('delegation.starts')} type="datetime-local" optional value={form.values.startsAt} onInput={form.set('startsAt')} error={state.error('startsAt')} help={t('delegation.starts.help')} />,
        <TextInput name="endsAt" label={t('delegation.ends')} type="datetime-local" value={form.values.endsAt} onInput={form.set('endsAt')} error={state.error('endsAt')} help={t('delegation.ends.help')} />,
        <TextInput name="note" label={t('delegation.note')} optional value={form.values.note} onInput={form.set('note')} error={state.error('note')} />,
      ]}
    />
  );
});

import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { fromLocalInput } from '../../core/time';
import { toast } from '../../core/toasts';
import type { ApiToken, Page } from '../../api/types';
import { EmptyState, RelativeTime, Section } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { FormDrawer } from '../../ui/FormDrawer';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { showOnce } from '../../ui/SecretOnce';
import { TextInput } from '../../ui/inputs';
import { SourcesField, sourcesText } from './sources';

/** Tokens for the command line and for programs; each has the rights of the person. */
export const ApiTokens = component(() => {
  const answer = useQuery<Page<ApiToken>>(() => '/me/tokens');
  const adding = ref(false);
  const add = () => { adding.value = true; };
  const limited = shallowRef<ApiToken | null>(null);
  const remove = (token: ApiToken) => confirm({
    title: t('token.delete.title', { name: token.name }), text: t('token.delete.text'), action: t('delete'), danger: true,
    work: async () => { await api.delete(at`/me/tokens/${token.id}`); invalidate('/me/tokens'); toast(t('token.deleted', { name: token.name })); },
  });
  const line = (token: ApiToken) => (
    <li key={token.id}>
      <Icon name="terminal-2" />
      <div class="grow"><b>{token.name}</b><small>{sourcesText(token.sources)}</small><small>{t('token.expires')} <RelativeTime time={token.expiresAt} none={t('no-end')} /> · {t('last-used')} <RelativeTime time={token.lastUsedAt} none={t('never')} /></small></div>
      <div class="row">
        <Button small onClick={() => { limited.value = token; }}>{t('token.limit')}</Button>
        <Button small kind="danger" onClick={() => void remove(token)}>{t('delete')}</Button>
      </div>
    </li>
  );
  return () => (
    <Section title={t('profile.tokens')} actions={() => <Button icon="plus" onClick={add}>{t('token.add')}</Button>}>
      <Loaded answer={answer} show={(page: Page<ApiToken>) => page.items.length ? <ul class="list">{page.items.map(line)}</ul> : <div class="card"><EmptyState icon="terminal-2" title={t('tokens.empty')} text={t('tokens.empty.text')} action={t('token.add')} onAction={add} /></div>} />
      {adding.value && <TokenForm onClose={() => { adding.value = false; }} />}
      {limited.value && <SourcesForm token={limited.value} onClose={() => { limited.value = null; }} />}
    </Section>
  );
});

const TokenForm = component<{ onClose: () => void }>((props) => {
  const form = new Form({ name: '', sources: [] as string[], expiresAt: '' });
  const save = async () => {
    const expiresAt = fromLocalInput(form.values.expiresAt);
    const created = await api.post<ApiToken & { token: string }>('/me/tokens', { name: form.values.name.trim(), sources: form.values.sources, ...(expiresAt ? { expiresAt } : {}) });
    invalidate('/me/tokens');
    showOnce({ title: t('token.shown'), text: t('token.shown.text'), value: created.token });
  };
  return () => (
    <FormDrawer
      dialog title={t('token.add')} save={save} saveText={t('create')} onClose={props.onClose} changed={form.isChanged} known={['name', 'sources', 'expiresAt']}
      fields={(state) => [
        <TextInput name="token-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} placeholder={t('token.name.placeholder')} autofocus />,
        <SourcesField value={form.values.sources} onChange={form.set('sources')} error={state.error('sources')} />,
        <TextInput name="expiresAt" label={t('token.expires')} type="datetime-local" optional value={form.values.expiresAt} onInput={form.set('expiresAt')} error={state.error('expiresAt')} help={t('token.expires.help')} />,
      ]}
    />
  );
});

const SourcesForm = component<{ token: ApiToken; onClose: () => void }>((props) => {
  const form = new Form({ sources: [...props.token.sources] });
  const save = async () => {
    await api.put(at`/me/tokens/${props.token.id}/sources`, { sources: form.values.sources });
    invalidate('/me/tokens');
    toast(t('saved', { name: props.token.name }));
  };
  return () => (
    <FormDrawer
      dialog title={t('token.limit.title', { name: props.token.name })} save={save} onClose={props.onClose} changed={form.isChanged} known={['sources']}
      fields={(state) => [
        <SourcesField value={form.values.sources} onChange={form.set('sources')} error={state.error('sources')} />,
      ]}
    />
  );
});

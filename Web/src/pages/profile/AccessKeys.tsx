import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { fromLocalInput } from '../../core/time';
import { toast } from '../../core/toasts';
import type { AccessKey, Page } from '../../api/types';
import { CopyId, EmptyState, RelativeTime, Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { FormDrawer } from '../../ui/FormDrawer';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { showOnce } from '../../ui/SecretOnce';
import { Choices, TextArea, TextInput } from '../../ui/inputs';
import { KeyActions } from './KeyActions';
import { SourcesField, sourcesText } from './sources';

const path = '/me/access-keys';

const remove = (key: AccessKey) => confirm({
  title: t('access-key.delete.title', { name: key.name }), text: t('access-key.delete.text'), action: t('delete'), danger: true,
  work: async () => { await api.delete(at`/me/access-keys/${key.id}`); invalidate(path); toast(t('access-key.deleted', { name: key.name })); },
});

/** Keys with which programs sign their requests; each has the rights of the person. */
export const AccessKeys = component(() => {
  const answer = useQuery<Page<AccessKey>>(() => path);
  const adding = ref(false);
  const add = () => { adding.value = true; };
  const line = (key: AccessKey) => (
    <li key={key.id}>
      <Icon name="key" />
      <div class="grow">
        <b>{key.name} {!key.enabled && <Tag>{t('access-key.off')}</Tag>}</b>
        <small>{key.algorithm} <CopyId id={key.id} /></small>
        <small>{sourcesText(key.sources)}</small>
        <small>{t('token.expires')} <RelativeTime time={key.expiresAt} none={t('no-end')} /> · {t('last-used')} <RelativeTime time={key.lastUsedAt} none={t('never')} />{key.lastUsedFrom && ' · '}{key.lastUsedFrom && <code>{key.lastUsedFrom}</code>}</small>
      </div>
      <KeyActions path={path} one={key} onDelete={() => void remove(key)} />
    </li>
  );
  return () => (
    <Section title={t('profile.access-keys')} actions={() => <Button icon="plus" onClick={add}>{t('access-key.add')}</Button>}>
      <Loaded answer={answer} show={(page: Page<AccessKey>) => page.items.length ? <ul class="list">{page.items.map(line)}</ul> : <div class="card"><EmptyState icon="key" title={t('access-keys.empty')} text={t('access-keys.empty.text')} action={t('access-key.add')} onAction={add} /></div>} />
      {adding.value && <KeyForm onClose={() => { adding.value = false; }} />}
    </Section>
  );
});

const KeyForm = component<{ onClose: () => void }>((props) => {
  const form = new Form({ name: '', algorithm: 'hmac-sha256', publicKey: '', sources: [] as string[], expiresAt: '' });
  const save = async () => {
    const { name, algorithm, publicKey, sources } = form.values;
    const expiresAt = fromLocalInput(form.values.expiresAt);
    const body = { name: name.trim(), algorithm, sources, ...(algorithm === 'ed25519' ? { publicKey: publicKey.trim() } : {}), ...(expiresAt ? { expiresAt } : {}) };
    const created = await api.post<{ id: string; secret: string | null }>(path, body);
    invalidate(path);
    if (created.secret) showOnce({ title: t('access-key.shown'), text: t('access-key.shown.text', { id: created.id }), value: created.secret });
    else toast(t('access-key.added'));
  };
  return () => (
    <FormDrawer
      dialog wide title={t('access-key.add')} save={save} saveText={t('create')} onClose={props.onClose} changed={form.isChanged} known={['name', 'publicKey', 'sources', 'expiresAt']}
      fields={(state) => [
        <TextInput name="access-key-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} placeholder={t('token.name.placeholder')} autofocus />,
        <Choices name="algorithm" label={t('access-key.algorithm')} value={[form.values.algorithm]} onChange={(value) => form.set('algorithm')(value[0] ?? 'hmac-sha256')} choices={[{ value: 'hmac-sha256', text: t('access-key.hmac') }, { value: 'ed25519', text: t('access-key.ed25519') }]} />,
        form.values.algorithm === 'ed25519' && <TextArea name="publicKey" label={t('ssh-key.public')} value={form.values.publicKey} onInput={form.set('publicKey')} error={state.error('publicKey')} rows={4} monospace help={t('access-key.public.help')} />,
        <SourcesField value={form.values.sources} onChange={form.set('sources')} error={state.error('sources')} />,
        <TextInput name="expiresAt" label={t('token.expires')} type="datetime-local" optional value={form.values.expiresAt} onInput={form.set('expiresAt')} error={state.error('expiresAt')} help={t('token.expires.help')} />,
      ]}
    />
  );
});

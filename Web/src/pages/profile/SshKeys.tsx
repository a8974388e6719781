import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { fromLocalInput } from '../../core/time';
import { toast } from '../../core/toasts';
import type { Page, SshKey } from '../../api/types';
import { EmptyState, RelativeTime, Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { FormDrawer } from '../../ui/FormDrawer';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { TextArea, TextInput } from '../../ui/inputs';
import { KeyActions } from './KeyActions';

const path = '/me/ssh-keys';

/** Public keys with which the person signs in over SSH. */
export const SshKeys = component(() => {
  const answer = useQuery<Page<SshKey>>(() => path);
  const adding = ref(false);
  const add = () => { adding.value = true; };
  const remove = (key: SshKey) => confirm({
    title: t('ssh-key.delete.title', { name: key.name }), text: t('ssh-key.delete.text'), action: t('delete'), danger: true,
    work: async () => { await api.delete(at`/me/ssh-keys/${key.id}`); invalidate(path); toast(t('ssh-key.deleted', { name: key.name })); },
  });
  const line = (key: SshKey) => (
    <li key={key.id}>
      <Icon name="key" />
      <div class="grow">
        <b>{key.name} {!key.enabled && <Tag>{t('access-key.off')}</Tag>} {key.hold && <Tag>{t('ssh-key.held')}</Tag>}</b>
        <small>{key.algorithm} <code>{key.fingerprint}</code></small>
        <small>{key.expiresAt && [t('token.expires'), ' ', <RelativeTime time={key.expiresAt} />, ' · ']}{t('last-used')} <RelativeTime time={key.lastUsedAt} none={t('never')} /></small>
        {key.hold && <small>{t(key.hold === 'sign-in' ? 'ssh-key.hold.sign-in' : 'ssh-key.hold.provider-off')}</small>}
      </div>
      <KeyActions path={path} one={key} onDelete={() => void remove(key)} />
    </li>
  );
  return () => (
    <Section title={t('profile.ssh-keys')} actions={() => <Button icon="plus" onClick={add}>{t('ssh-key.add')}</Button>}>
      <Loaded answer={answer} show={(page: Page<SshKey>) => page.items.length ? <ul class="list">{page.items.map(line)}</ul> : <div class="card"><EmptyState icon="key" title={t('ssh-keys.empty')} text={t('ssh-keys.empty.text')} action={t('ssh-key.add')} onAction={add} /></div>} />
      {adding.value && <KeyForm onClose={() => { adding.value = false; }} />}
    </Section>
  );
});

const KeyForm = component<{ onClose: () => void }>((props) => {
  const form = new Form({ name: '', publicKey: '', expiresAt: '' });
  const save = async () => {
    const publicKey = form.values.publicKey.trim();
    const expiresAt = fromLocalInput(form.values.expiresAt);
    await api.post(path, { name: form.values.name.trim() || publicKey.split(/\s+/)[2] || t('ssh-key.unnamed'), publicKey, ...(expiresAt ? { expiresAt } : {}) });
    invalidate(path);
    toast(t('ssh-key.added'));
  };
  return () => (
    <FormDrawer
      dialog wide title={t('ssh-key.add')} save={save} saveText={t('add')} onClose={props.onClose} changed={form.isChanged} known={['name', 'publicKey', 'expiresAt']}
      fields={(state) => [
        <TextArea name="publicKey" label={t('ssh-key.public')} value={form.values.publicKey} onInput={form.set('publicKey')} error={state.error('publicKey')} rows={4} monospace placeholder="ssh-ed25519 AAAA…" help={t('ssh-key.help')} autofocus />,
        <TextInput name="key-name" label={t('name')} optional value={form.values.name} onInput={form.set('name')} error={state.error('name')} />,
        <TextInput
          name="key-expires" label={t('token.expires')} type="datetime-local" optional value={form.values.expiresAt} onInput={form.set('expiresAt')} error={state.error('expiresAt')}
          help={t('ssh-key.expires.help')}
        />,
      ]}
    />
  );
});

import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { absolute, now } from '../../core/time';
import { toast } from '../../core/toasts';
import type { Page, PasskeyRoot } from '../../api/types';
import { EmptyState, Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Field } from '../../ui/Field';
import { FormDrawer } from '../../ui/FormDrawer';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { TextArea } from '../../ui/inputs';

const path = '/passkey-roots';

/** A name's most telling part. */
const short = (root: PasskeyRoot) => /(?:^|,)CN=((?:\\.|[^,])+)/.exec(root.subject)?.[1]?.replace(/\\(.)/g, '$1') ?? root.subject;

/** Whose word counts for the makes of passkeys that the company takes. */
export const PasskeyRoots = component(() => {
  const answer = useQuery<Page<PasskeyRoot>>(() => path);
  const adding = ref(false);
  const add = () => { adding.value = true; };
  const remove = (root: PasskeyRoot) => confirm({
    title: t('passkey-root.remove.title', { name: short(root) }), text: t('passkey-root.remove.text'), action: t('remove'), danger: true,
    work: async () => { await api.delete(at`/passkey-roots/${root.id}`); invalidate(path); toast(t('passkey-root.removed')); },
  });
  const line = (root: PasskeyRoot) => {
    const isOver = new Date(root.expiresAt).getTime() <= now.value;
    return (
      <li key={root.id}>
        <Icon name="shield-check" />
        <div class="grow">
          <b>{short(root)} {isOver && <Tag tone="bad">{t('passkey-root.over')}</Tag>}</b>
          <small>{root.subject}</small>
          <small><code class="wrap">{root.fingerprint}</code></small>
          <small>{t('passkey-root.until')} {absolute(root.expiresAt)}</small>
        </div>
        {may('settings.manage') && (
          <div class="row">
            <Button kind="danger" small onClick={() => void remove(root)} label={t('passkey-root.remove.title', { name: short(root) })}>{t('remove')}</Button>
          </div>
        )}
      </li>
    );
  };
  return () => (
    <Section title={t('passkey-roots.title')} actions={() => may('settings.manage') && <Button icon="plus" onClick={add}>{t('passkey-root.add')}</Button>}>
      <p class="lead">{t('passkey-roots.lead')}</p>
      <Loaded answer={answer} show={(page: Page<PasskeyRoot>) => page.items.length ? <ul class="list">{page.items.map(line)}</ul> : <div class="card"><EmptyState icon="shield-check" title={t('passkey-roots.empty')} text={t('passkey-roots.empty.text')} /></div>} />
      {adding.value && <RootForm onClose={() => { adding.value = false; }} />}
    </Section>
  );
});

const RootForm = component<{ onClose: () => void }>((props) => {
  const form = new Form({ certificate: '' });
  const save = async () => {
    await api.post(path, { certificate: form.values.certificate.trim() });
    invalidate(path);
    toast(t('passkey-root.added'));
  };
  const pick = async (event: Event) => {
    const file = (event.target as HTMLInputElement).files?.[0];
    // Of more than a certificate can be, the server says that it is none.
    if (file) form.values.certificate = await file.slice(0, 16_384).text();
  };
  return () => (
    <FormDrawer
      dialog wide title={t('passkey-root.add')} save={save} saveText={t('add')} onClose={props.onClose} changed={form.isChanged} known={['certificate']}
      fields={(state) => [
        <TextArea name="certificate" label={t('passkey-root.certificate')} value={form.values.certificate} onInput={form.set('certificate')} error={state.error('certificate')} rows={8} monospace placeholder="-----BEGIN CERTIFICATE-----" help={t('passkey-root.certificate.help')} autofocus />,
        <Field name="certificate-file" label={t('passkey-root.file')} optional>
          <input id="certificate-file" type="file" class="input" accept=".pem,.crt,.cer" onChange={(event: Event) => void pick(event)} />
        </Field>,
      ]}
    />
  );
});

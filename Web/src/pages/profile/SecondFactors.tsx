import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { hasPasskeys, makePasskey, type PasskeyCreation } from '../../core/passkey';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { loadSession, me } from '../../core/session';
import { toast } from '../../core/toasts';
import type { Enrolment, Page, Passkey, SentCode } from '../../api/types';
import { EmptyState, RelativeTime, Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { FormDrawer } from '../../ui/FormDrawer';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { TextInput } from '../../ui/inputs';
import { EnrolmentCard } from '../sign-in/EnrolStep';
import { Face } from './Face';
import { RememberedDevices } from './RememberedDevices';
import { MailedCode } from '../sign-in/MailedCode';
import { NumberCode } from '../sign-in/NumberCode';
import { browserName } from './browser';

/** What the person confirms with: passkeys, the authenticator app, codes by e-mail and as text messages. The last one stays. */
export const SecondFactors = component(() => {
  const answer = useQuery<Page<Passkey>>(() => '/me/passkeys');
  const adding = ref(false);
  const enrolment = shallowRef<Enrolment | null>(null);
  const hasApp = () => me.value?.factors?.includes('authenticator') ?? false;
  const changed = async () => { invalidate('/me/passkeys'); await loadSession(); };
  const remove = (passkey: Passkey) => confirm({
    title: t('passkey.delete.title', { name: passkey.name }), text: t('passkey.delete.text'), action: t('delete'), danger: true,
    work: async () => { await api.delete(at`/me/passkeys/${passkey.id}`); await changed(); toast(t('passkey.deleted', { name: passkey.name })); },
  });
  const removeApp = () => confirm({
    title: t('authenticator.delete.title'), text: t('authenticator.delete.text'), action: t('delete'), danger: true,
    work: async () => { await api.delete('/me/authenticator'); await changed(); toast(t('authenticator.deleted')); },
  });
  const hasMail = () => me.value?.factors?.includes('email') ?? false;
  const addingMail = ref(false);
  const removeMail = () => confirm({
    title: t('email-codes.delete.title'), text: t('email-codes.delete.text'), action: t('delete'), danger: true,
    work: async () => { await api.delete('/me/email-factor'); await changed(); toast(t('email-codes.deleted')); },
  });
  const hasSms = () => me.value?.factors?.includes('sms') ?? false;
  const addingSms = ref(false);
  const removeSms = () => confirm({
    title: t('sms-codes.delete.title'), text: t('sms-codes.delete.text'), action: t('delete'), danger: true,
    work: async () => { await api.delete('/me/sms-factor'); await changed(); toast(t('sms-codes.deleted')); },
  });
  const addApp = () => void act(async () => { enrolment.value = await api.post<Enrolment>('/me/authenticator'); }, { changes: [] });
  const line = (passkey: Passkey) => (
    <li key={passkey.id}>
      <Icon name="key" />
      <div class="grow">
        <b>{passkey.name}</b> {passkey.isSynced && <Tag>{t('passkey.synced')}</Tag>}
        <small>{t('added-at')} <RelativeTime time={passkey.createdAt} /></small>
        <small>{t('last-used')} <RelativeTime time={passkey.lastUsedAt} none={t('never')} /></small>
        {passkey.counterFellAt && <small class="error-text" role="alert">{t('passkey.counter-fell')} <RelativeTime time={passkey.counterFellAt} /></small>}
      </div>
      <Button small kind="danger" onClick={() => void remove(passkey)}>{t('delete')}</Button>
    </li>
  );
  return () => (
    <div>
      <Section title={t('passkeys')} actions={() => hasPasskeys && <Button icon="plus" onClick={() => { adding.value = true; }}>{t('passkey.add')}</Button>}>
        <Loaded answer={answer} show={(page: Page<Passkey>) => page.items.length ? <ul class="list">{page.items.map(line)}</ul> : <div class="card"><EmptyState icon="key" title={t('passkeys.empty')} text={t('passkeys.empty.text')} /></div>} />
      </Section>
      <Section title={t('authenticator')} actions={() => !hasApp() && <Button icon="plus" onClick={addApp}>{t('authenticator.add')}</Button>}>
        <ul class="list">
          <li>
            <Icon name="shield-check" />
            <div class="grow"><b>{t(hasApp() ? 'authenticator.there' : 'authenticator.none')}</b><small>{t('authenticator.help')}</small></div>
            {hasApp() && <Button small kind="danger" onClick={() => void removeApp()}>{t('delete')}</Button>}
          </li>
        </ul>
      </Section>
      {(hasMail() || me.value?.mayAddEmail) && (
        <Section title={t('email-codes')} actions={() => !hasMail() && <Button icon="plus" onClick={() => { addingMail.value = true; }}>{t('email-codes.add')}</Button>}>
          <ul class="list">
            <li>
              <Icon name="shield-check" />
              <div class="grow"><b>{hasMail() ? t('email-codes.there', { address: me.value?.user.email ?? '' }) : t('email-codes.none')}</b><small>{t('email-codes.help')}</small></div>
              {hasMail() && <Button small kind="danger" onClick={() => void removeMail()}>{t('delete')}</Button>}
            </li>
          </ul>
        </Section>
      )}
      {(hasSms() || me.value?.mayAddSms) && (
        <Section title={t('sms-codes')} actions={() => !hasSms() && <Button icon="plus" onClick={() => { addingSms.value = true; }}>{t('sms-codes.add')}</Button>}>
          <ul class="list">
            <li>
              <Icon name="shield-check" />
              <div class="grow"><b>{hasSms() ? t('sms-codes.there', { number: me.value?.number ?? '' }) : t('sms-codes.none')}</b><small>{t('sms-codes.help')}</small></div>
              {hasSms() && <Button small kind="danger" onClick={() => void removeSms()}>{t('delete')}</Button>}
            </li>
          </ul>
        </Section>
      )}
      <Face />
      <RememberedDevices path="/me/remembered-devices" />
      {addingSms.value && <NumberForm onSaved={changed} onClose={() => { addingSms.value = false; }} />}
      {addingMail.value && <EmailForm onSaved={changed} onClose={() => { addingMail.value = false; }} />}
      {adding.value && <PasskeyForm onSaved={changed} onClose={() => { adding.value = false; }} />}
      {enrolment.value && <AuthenticatorForm enrolment={enrolment.value} onSaved={changed} onClose={() => { enrolment.value = null; }} />}
    </div>
  );
});

/** The browser asks where the passkey is to lie; its name is for the list. */
const PasskeyForm = component<{ onSaved: () => Promise<void>; onClose: () => void }>((props) => {
  const form = new Form({ name: browserName(navigator.userAgent) });
  const save = async () => {
    const options = await api.post<PasskeyCreation>('/me/passkeys/options');
    await api.post('/me/passkeys', { name: form.values.name.trim() || t('passkey'), credential: await makePasskey(options) });
    await props.onSaved();
    toast(t('passkey.added'));
  };
  return () => (
    <FormDrawer
      dialog title={t('passkey.add')} save={save} saveText={t('sign-in.next')} onClose={props.onClose} changed={false} known={['name']}
      fields={(state) => <TextInput name="passkey-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} maxlength={100} help={t('passkey.add.help')} autofocus />}
    />
  );
});

const AuthenticatorForm = component<{ enrolment: Enrolment; onSaved: () => Promise<void>; onClose: () => void }>((props) => {
  const form = new Form({ code: '' });
  const save = async () => {
    await api.post('/me/authenticator/confirm', { code: form.values.code.replace(/\s/g, '') });
    await props.onSaved();
    toast(t('authenticator.added'));
  };
  return () => (
    <FormDrawer
      dialog title={t('authenticator.add')} save={save} saveText={t('enrol.confirm')} onClose={props.onClose} changed={form.isChanged} known={['code']} disabled={form.values.code.replace(/\s/g, '').length < 6}
      fields={(state) => [
        <p class="lead">{t('enrol.lead')}</p>,
        <EnrolmentCard enrolment={props.enrolment} />,
        <TextInput name="authenticator-code" label={t('code.first')} value={form.values.code} onInput={form.set('code')} error={state.error('code')} inputmode="numeric" autocomplete="one-time-code" monospace autofocus />,
      ]}
    />
  );
});

const EmailForm = component<{ onSaved: () => Promise<void>; onClose: () => void }>((props) => {
  const form = new Form({ code: '' });
  const save = async () => {
    await api.post('/me/email-factor', { code: form.values.code.replace(/\s/g, '') });
    await props.onSaved();
    toast(t('email-codes.added'));
  };
  return () => (
    <FormDrawer
      dialog title={t('email-codes.add')} save={save} saveText={t('enrol.confirm')} onClose={props.onClose} changed={form.isChanged} known={['code']} disabled={form.values.code.replace(/\s/g, '').length < 6}
      fields={(state) => [
        <p class="lead">{t('email-codes.add.lead', { address: me.value?.user.email ?? '' })}</p>,
        <MailedCode send={() => api.post<SentCode>('/me/email-code', undefined, true)} auto />,
        <TextInput name="email-code" label={t('code.email')} value={form.values.code} onInput={form.set('code')} error={state.error('code')} inputmode="numeric" autocomplete="one-time-code" monospace autofocus />,
      ]}
    />
  );
});

const NumberForm = component<{ onSaved: () => Promise<void>; onClose: () => void }>((props) => {
  const form = new Form({ number: '', code: '' });
  const save = async () => {
    await api.post('/me/sms-factor', { code: form.values.code.replace(/\s/g, '') });
    await props.onSaved();
    toast(t('sms-codes.added'));
  };
  return () => (
    <FormDrawer
      dialog title={t('sms-codes.add')} save={save} saveText={t('enrol.confirm')} onClose={props.onClose} changed={form.isChanged} known={['code']} disabled={form.values.code.replace(/\s/g, '').length < 6}
      fields={(state) => [
        <p class="lead">{t('sms-codes.add.lead')}</p>,
        <NumberCode number={form.values.number} onNumber={form.set('number')} send={(number) => api.post<SentCode>('/me/sms-code', { number }, true)} />,
        <TextInput name="sms-code" label={t('code.by-sms')} value={form.values.code} onInput={form.set('code')} error={state.error('code')} inputmode="numeric" autocomplete="one-time-code" monospace />,
      ]}
    />
  );
});

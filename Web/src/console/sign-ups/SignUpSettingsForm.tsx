import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { SignUpMode, SignUpSettings } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Choices, TextInput } from '../../ui/inputs';
import { modeName, modes } from './modes';

/** Who may sign up, for how long they try the service, and whom they ask. */
export const SignUpSettingsForm = component<{ settings: SignUpSettings; onClose: () => void }>((props) => {
  const { settings } = props;
  const form = new Form({ mode: [settings.mode] as string[], trialDays: String(settings.trialDays), contact: settings.contact ?? '' });
  const { values } = form;
  const save = async () => {
    const mode = values.mode[0] as SignUpMode;
    await api.put<SignUpSettings>('/settings/sign-up', { mode, trialDays: Number(values.trialDays), contact: values.contact.trim() || null });
    invalidate('/settings/sign-up', '/audit-events');
    toast(t('settings.saved'));
  };
  return () => (
    <FormDrawer
      title={t('sign-ups.change')} save={save} onClose={props.onClose} changed={form.isChanged} disabled={!form.isChanged} known={['mode', 'trialDays', 'contact']}
      fields={(state) => [
        <Choices name="mode" label={t('sign-ups.mode')} value={values.mode} onChange={form.set('mode')} error={state.error('mode')} changed={form.changed('mode')} choices={modes.map((value) => ({ value, text: modeName(value) }))} help={t('sign-ups.mode.help')} />,
        <TextInput name="trial-days" type="number" min={1} max={365} label={t('sign-ups.trial-days')} value={values.trialDays} onInput={form.set('trialDays')} error={state.error('trialDays')} changed={form.changed('trialDays')} />,
        <TextInput name="contact" label={t('sign-ups.contact')} optional value={values.contact} onInput={form.set('contact')} error={state.error('contact')} changed={form.changed('contact')} help={t('sign-ups.contact.help')} maxlength={200} />,
      ]}
    />
  );
});

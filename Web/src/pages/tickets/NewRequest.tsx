import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { platformName } from '../../core/names';
import { at } from '../../core/paths';
import { navigate, route } from '../../core/router';
import { may } from '../../core/session';
import { invalidate, useQuery } from '../../core/query';
import { fromLocalInput } from '../../core/time';
import { toast } from '../../core/toasts';
import type { Flow, List, RequestableAsset, Ticket } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Choices, TextArea, TextInput } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { Tokens } from '../../ui/Tokens';
import { PathPreview } from './ApprovalPath';
import { presets, secondsOf, type Preset } from './windows';

/** Asks for access: what, as whom, how long and why, with a look at who will decide. */
export const NewRequest = component<{ onClose: () => void }>((props) => {
  const { asset, assetName, account } = route.query;
  const form = new Form({
    assets: (asset ? [{ id: asset, name: assetName || asset }] : []) as Picked[], accounts: account ? [account] : [], preset: 'hour' as Preset, minutes: '30', startsAt: '', reason: '',
  });
  const flows = useQuery<List<Flow>>(() => (may('flows.read') ? '/flows' : null));
  const path = () => flows.data?.items.find((flow) => flow.isDefault)?.levels.map((level) => ({ name: level.name, approvers: level.approvers.map((approver) => approver.name) }));
  const save = async () => {
    const { values } = form;
    const ticket = await api.post<Ticket>('/tickets', {
      reason: values.reason.trim(), assets: values.assets.map((one) => one.id), accounts: values.accounts, protocols: ['ssh'], actions: ['connect'],
      startsAt: fromLocalInput(values.startsAt), durationSeconds: secondsOf(values.preset, Number(values.minutes), startOf(values.startsAt)),
    });
    invalidate('/my/tickets', '/tickets', '/inbox');
    toast(t('requests.sent', { number: ticket.number }));
    queueMicrotask(() => void navigate(at`/requests/${ticket.id}`, { force: true }));
  };
  return () => (
    <FormDrawer
      title={t('requests.new')} saveText={t('requests.send')} save={save} onClose={props.onClose} changed={form.isChanged} known={['assets', 'accounts', 'durationSeconds', 'startsAt', 'reason']}
      fields={(state) => [
        <Picker
          name="assets" label={t('ticket.assets')} value={form.values.assets} onChange={form.set('assets')} path="/requestable-assets" error={state.error('assets')} help={t('requests.assets.help')} autofocus={!asset}
          toChoice={(item: RequestableAsset) => ({ id: item.id, name: item.name, note: platformName(item.platform) })}
        />,
        <Tokens name="accounts" label={t('ticket.accounts')} value={form.values.accounts} onChange={form.set('accounts')} error={state.error('accounts')} help={t('requests.accounts.help')} placeholder={t('requests.accounts.placeholder')} />,
        <Choices
          name="preset" label={t('ticket.duration')} value={[form.values.preset]} onChange={(value) => form.set('preset')(value[0] as Preset)} error={state.error('durationSeconds')}
          choices={presets.map((value) => ({ value, text: t(`window.${value}`) }))}
        />,
        form.values.preset === 'minutes' && <TextInput name="minutes" label={t('window.minutes.label')} type="number" min={1} value={form.values.minutes} onInput={form.set('minutes')} inputmode="numeric" />,
        <TextInput name="startsAt" label={t('ticket.starts')} type="datetime-local" optional value={form.values.startsAt} onInput={form.set('startsAt')} error={state.error('startsAt')} help={t('requests.starts.help')} />,
        <TextArea name="reason" label={t('ticket.reason')} value={form.values.reason} onInput={form.set('reason')} error={state.error('reason')} help={t('requests.reason.help')} rows={3} autofocus={!!asset} />,
        path() && (
          <div class="field">
            <span class="label">{t('requests.path')}</span>
            <PathPreview levels={path() ?? []} />
          </div>
        ),
      ]}
    />
  );
});

const startOf = (text: string): Date => (text ? new Date(text) : new Date());

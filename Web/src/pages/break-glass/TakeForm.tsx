import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { platformName } from '../../core/names';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { navigate } from '../../core/router';
import { duration } from '../../core/time';
import { toast } from '../../core/toasts';
import type { MyBreakGlass, RequestableAsset, Ticket } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { TextArea, TextInput } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { Tokens } from '../../ui/Tokens';
import { ActionsField, withFirst } from '../tickets/ActionsField';

/** Takes emergency access: it is there at once, everybody hears of it, and somebody reviews it afterwards. */
export const TakeForm = component<{ mine: MyBreakGlass; onClose: () => void }>((props) => {
  const given = withFirst(props.mine.rules.flatMap((rule) => rule.actions));
  const longest = Math.max(...props.mine.rules.map((rule) => rule.maxSeconds), 300);
  const form = new Form({ assets: [] as Picked[], accounts: [] as string[], actions: withFirst([]), minutes: String(Math.min(60, Math.floor(longest / 60))), reason: '' });
  const save = async () => {
    const { values } = form;
    const ticket = await api.post<Ticket>('/break-glass', {
      reason: values.reason.trim(), assets: values.assets.map((one) => one.id), accounts: values.accounts, actions: values.actions, durationSeconds: Math.round((Number(values.minutes) || 0) * 60),
    });
    invalidate('/my/tickets', '/my/assets', '/my/grants', '/break-glass', '/tickets', '/inbox');
    toast(t('break-glass.taken'));
    queueMicrotask(() => void navigate(at`/requests/${ticket.id}`, { force: true }));
  };
  return () => (
    <FormDrawer
      title={t('break-glass.take')} saveText={t('break-glass.take.now')} save={save} onClose={props.onClose} changed={form.isChanged} disabled={props.mine.isBlocked}
      note={t(props.mine.isBlocked ? 'break-glass.blocked' : 'break-glass.note')} known={['assets', 'accounts', 'actions', 'durationSeconds', 'reason']}
      fields={(state) => [
        <Picker
          name="assets" label={t('ticket.assets')} value={form.values.assets} onChange={form.set('assets')} path="/requestable-assets" error={state.error('assets')} autofocus
          toChoice={(item: RequestableAsset) => ({ id: item.id, name: item.name, note: platformName(item.platform) })}
        />,
        <Tokens name="accounts" label={t('ticket.accounts')} value={form.values.accounts} onChange={form.set('accounts')} error={state.error('accounts')} help={t('requests.accounts.help')} placeholder={t('requests.accounts.placeholder')} />,
        given.length > 1 && <ActionsField among={given} value={form.values.actions} onChange={form.set('actions')} error={state.error('actions')} help={t('break-glass.take.actions.help')} />,
        <TextInput name="minutes" label={t('window.minutes.label')} type="number" min={1} value={form.values.minutes} onInput={form.set('minutes')} inputmode="numeric" error={state.error('durationSeconds')} help={t('break-glass.longest', { time: duration(longest) })} />,
        <TextArea name="reason" label={t('ticket.reason')} value={form.values.reason} onInput={form.set('reason')} error={state.error('reason')} help={t('break-glass.reason.help')} rows={3} />,
      ]}
    />
  );
});

import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { navigate } from '../../core/router';
import { invalidate } from '../../core/query';
import { absolute, fromLocalInput } from '../../core/time';
import { toast } from '../../core/toasts';
import type { MyGrant, Ticket } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Choices, TextArea, TextInput } from '../../ui/inputs';
import { PathField } from './PathField';

/** How much longer may be asked for, in seconds. */
const lengths = { hour: 3_600, 'four-hours': 14_400, day: 86_400, week: 604_800, until: 0 };
const texts = { hour: 'extend.hour', 'four-hours': 'extend.four-hours', day: 'extend.day', week: 'extend.week', until: 'extend.until' } as const;
type Length = keyof typeof lengths;

/** Asks for a later end of access that somebody holds; what is open on it stays open. */
export const ExtendRequest = component<{ grant: MyGrant; onClose: () => void }>((props) => {
  const form = new Form({ length: 'hour' as Length, until: '', reason: '' });
  const now = () => new Date(props.grant.endsAt ?? 0);
  const end = (): string | null => (form.values.length === 'until' ? fromLocalInput(form.values.until) ?? null : new Date(now().getTime() + lengths[form.values.length] * 1000).toISOString());
  const body = () => (end() ? { kind: 'extension', content: { grant: props.grant.id, endsAt: end() } } : null);
  const save = async () => {
    const ticket = await api.post<Ticket>('/tickets', { kind: 'extension', reason: form.values.reason.trim(), content: { grant: props.grant.id, endsAt: end() } });
    invalidate('/my/tickets', '/tickets', '/inbox', '/my/grants');
    toast(t('requests.sent', { number: ticket.number }));
    queueMicrotask(() => void navigate(at`/requests/${ticket.id}`, { force: true }));
  };
  return () => (
    <FormDrawer
      title={t('extend.title')} saveText={t('requests.send')} save={save} onClose={props.onClose} changed={form.isChanged} known={['reason', 'content/endsAt']} note={t('extend.note')} disabled={!end()}
      fields={(state) => [
        <p class="faint">{t('extend.now', { time: absolute(now().toISOString()) })}{end() && [' ', <b>{t('extend.then', { time: absolute(end() ?? '') })}</b>]}</p>,
        <Choices
          name="length" label={t('extend.by')} value={[form.values.length]} onChange={(value) => form.set('length')((value[0] ?? 'hour') as Length)} error={form.values.length === 'until' ? undefined : state.error('content/endsAt')}
          choices={(Object.keys(lengths) as Length[]).map((value) => ({ value, text: t(texts[value]) }))}
        />,
        form.values.length === 'until' && <TextInput name="until" label={t('extend.until.label')} type="datetime-local" value={form.values.until} onInput={form.set('until')} error={state.error('content/endsAt')} />,
        <TextArea name="reason" label={t('ticket.reason')} value={form.values.reason} onInput={form.set('reason')} error={state.error('reason')} help={t('requests.reason.help')} rows={3} />,
        <PathField body={body} />,
      ]}
    />
  );
});

import { onBeforeUnmount, shallowRef, watch } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t, tKnown } from '../../core/i18n';
import { platformName } from '../../core/names';
import { at } from '../../core/paths';
import { Problem } from '../../core/problem';
import { navigate, route } from '../../core/router';
import { invalidate } from '../../core/query';
import { fromLocalInput } from '../../core/time';
import { toast, toastProblem } from '../../core/toasts';
import type { PathPreview, RequestableAsset, Ticket } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Choices, TextArea, TextInput } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { Tokens } from '../../ui/Tokens';
import { PathShown } from './ApprovalPath';
import { presets, secondsOf, type Preset } from './windows';

const kinds = ['access', 'general'] as const;
type Kind = (typeof kinds)[number];

/** Asks for access, or for something in words: what, as whom, how long and why, with a look at who will decide. */
export const NewRequest = component<{ onClose: () => void }>((props) => {
  const { asset, assetName, account, from } = route.query;
  const form = new Form({
    kind: 'access' as Kind, assets: (asset ? [{ id: asset, name: assetName || asset }] : []) as Picked[], accounts: account ? [account] : [], preset: 'hour' as Preset, minutes: '30', startsAt: '', subject: '', reason: '',
  });
  const before = shallowRef<Ticket | null>(null);
  if (from) void take(from);
  /** An earlier request is the beginning of this one. */
  async function take(id: string): Promise<void> {
    try {
      const ticket = await api.get<Ticket>(at`/tickets/${id}`);
      before.value = ticket;
      form.set('assets')(ticket.assets.map((one) => ({ id: one.id, name: one.name })));
      form.set('accounts')(ticket.accounts);
      form.set('preset')('minutes');
      form.set('minutes')(String(Math.max(1, Math.round(ticket.durationSeconds / 60))));
      form.set('reason')(ticket.reason);
    } catch (error) {
      toastProblem(error);
    }
  }
  const length = () => secondsOf(form.values.preset, Number(form.values.minutes), startOf(form.values.startsAt));
  const body = () => (form.values.kind === 'access'
    ? { kind: 'access', assets: form.values.assets.map((one) => one.id), accounts: form.values.accounts, actions: ['connect'], startsAt: fromLocalInput(form.values.startsAt), durationSeconds: length() }
    : { kind: form.values.kind });
  const whole = () => (form.values.kind === 'access' ? { ...body(), protocols: ['ssh'] } : { ...body(), content: { subject: form.values.subject.trim() } });

  const path = shallowRef<PathPreview | Problem | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  const look = async () => {
    const number = ++asked;
    const { values } = form;
    if (values.kind === 'access' && (!values.assets.length || !values.accounts.length)) { path.value = null; return; }
    const answer = await api.json<PathPreview>({ method: 'POST', path: '/tickets/preview', body: body(), quiet: true }).catch((error: unknown) => Problem.wrap(error));
    if (number === asked) path.value = answer;
  };
  watch(() => JSON.stringify(body()), () => { clearTimeout(timer); timer = setTimeout(() => void look(), 350); }, { immediate: true });
  onBeforeUnmount(() => { clearTimeout(timer); asked += 1; });

  const save = async () => {
    const { values } = form;
    const ticket = await api.post<Ticket>('/tickets', { ...whole(), reason: values.reason.trim() });
    invalidate('/my/tickets', '/tickets', '/inbox');
    toast(t('requests.sent', { number: ticket.number }));
    queueMicrotask(() => void navigate(at`/requests/${ticket.id}`, { force: true }));
  };
  return () => (
    <FormDrawer
      title={before.value ? t('requests.again', { number: before.value.number }) : t('requests.new')} saveText={t('requests.send')} save={save} onClose={props.onClose} changed={form.isChanged}
      known={['kind', 'assets', 'accounts', 'durationSeconds', 'startsAt', 'content/subject', 'reason']}
      fields={(state) => [
        !asset && !from && <Choices name="kind" label={t('ticket.kind')} value={[form.values.kind]} onChange={(value) => form.set('kind')((value[0] ?? 'access') as Kind)} error={state.error('kind')} choices={kinds.map((value) => ({ value, text: tKnown(`ticket-kind.${value}`, value) }))} />,
        ...(form.values.kind === 'access' ? [
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
        ] : [<TextInput name="subject" label={t('ticket.words')} value={form.values.subject} onInput={form.set('subject')} error={state.error('content/subject')} />]),
        <TextArea name="reason" label={t('ticket.reason')} value={form.values.reason} onInput={form.set('reason')} error={state.error('reason')} help={t('requests.reason.help')} rows={3} autofocus={!!asset} />,
        path.value && (
          <div class="field" aria-live="polite">
            <span class="label">{t('requests.path')}</span>
            {path.value instanceof Problem ? <p class="bad-text">{path.value.heading}{path.value.detail && `: ${path.value.detail}`}</p> : <PathShown path={path.value} />}
          </div>
        ),
      ]}
    />
  );
});

const startOf = (text: string): Date => (text ? new Date(text) : new Date());

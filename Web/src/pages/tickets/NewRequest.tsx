import { shallowRef, watch } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t, tKnown } from '../../core/i18n';
import { platformName } from '../../core/names';
import { at } from '../../core/paths';
import { navigate, route } from '../../core/router';
import { invalidate } from '../../core/query';
import { toast, toastProblem } from '../../core/toasts';
import type { OfferedTemplate, RequestableAsset, Ticket } from '../../api/types';
import { FormDrawer, type FormState } from '../../ui/FormDrawer';
import { Choices, TextArea, TextInput } from '../../ui/inputs';
import { Picker } from '../../ui/Picker';
import { Tokens } from '../../ui/Tokens';
import { ActionsField } from './ActionsField';
import { follow, takeOut } from './basket';
import { BasketNote } from './BasketNote';
import { Beginnings } from './Beginnings';
import { PathField } from './PathField';
import { RoleFields } from './RoleFields';
import { asked, beginning, hasTargets, isAskable, isTooMuch, kinds, ownTemplate, previewed, takeTemplate, takeTicket, type Kind } from './request';
import { presets, type Preset } from './windows';

/** Asks for access, for a role, or for something in words: what, as whom, how long and why, with a look at who will decide. */
export const NewRequest = component<{ onClose: () => void }>((props) => {
  const { asset, from, template } = route.query;
  const isBasket = !!route.query.basket;
  const form = beginning(route.query);
  const before = shallowRef<Ticket | null>(null);
  const begin = async () => {
    try {
      if (from) takeTicket(form, before.value = await api.get<Ticket>(at`/tickets/${from}`));
      if (template) takeTemplate(form, await api.get<OfferedTemplate>(at`/my/request-templates/${template}`));
    } catch (error) {
      toastProblem(error);
    }
  };
  void begin();
  // What does not fit a request for a secret stays put aside.
  if (isBasket) watch(() => form.values.assets, (now, before) => { if (form.values.kind !== 'secret') follow(now, before); });
  const sent = async () => {
    if (isBasket && hasTargets(form.values.kind)) takeOut(form.values.assets);
    if (!form.values.templateName.trim()) return;
    try {
      await api.post('/my/request-templates', ownTemplate(form));
      invalidate('/my/request-templates');
    } catch (error) {
      toastProblem(error);
    }
  };
  const save = async () => {
    const ticket = await api.post<Ticket>('/tickets', asked(form, before.value));
    await sent();
    invalidate('/my/tickets', '/tickets', '/inbox');
    toast(t('requests.sent', { number: ticket.number }));
    queueMicrotask(() => void navigate(at`/requests/${ticket.id}`, { force: true }));
  };
  // What was put aside is kept where it was; the rest of a form is not.
  const isChanged = () => (Object.keys(form.values) as (keyof typeof form.values)[]).some((name) => !(isBasket && name === 'assets') && form.changed(name));
  const drop = (ids: Set<string>) => form.set('assets')(form.values.assets.filter((one) => !ids.has(one.id)));
  const isOne = () => form.values.kind === 'secret';
  const access = (state: FormState) => [
    <Picker
      name="assets" label={t(isOne() ? 'asset' : 'ticket.assets')} value={form.values.assets} onChange={form.set('assets')} path="/requestable-assets" one={isOne()} error={state.error('assets')}
      help={isOne() ? undefined : t('requests.assets.help')} autofocus={!asset && !isBasket}
      toChoice={(item: RequestableAsset) => ({ id: item.id, name: item.name, note: platformName(item.platform) })}
    />,
    isTooMuch(form) && <p class="note wait" role="status">{t('requests.secret.one')}</p>,
    <BasketNote assets={form.values.assets} drop={drop} empty={isBasket && !isOne() ? () => form.set('assets')([]) : undefined} />,
    <Tokens
      name="accounts" label={t(isOne() ? 'account' : 'ticket.accounts')} value={form.values.accounts} onChange={form.set('accounts')} one={isOne()} error={state.error('accounts')}
      help={t(isOne() ? 'requests.account.help' : 'requests.accounts.help')} placeholder={t('requests.accounts.placeholder')}
    />,
    !isOne() && <ActionsField value={form.values.actions} onChange={form.set('actions')} error={state.error('actions')} help={t('requests.actions.help')} />,
    <Choices
      name="preset" label={t('ticket.duration')} value={[form.values.preset]} onChange={(value) => form.set('preset')(value[0] as Preset)} error={state.error('durationSeconds')}
      choices={presets.map((value) => ({ value, text: t(`window.${value}`) }))}
    />,
    form.values.preset === 'minutes' && <TextInput name="minutes" label={t('window.minutes.label')} type="number" min={1} value={form.values.minutes} onInput={form.set('minutes')} inputmode="numeric" />,
    <TextInput name="startsAt" label={t('ticket.starts')} type="datetime-local" optional value={form.values.startsAt} onInput={form.set('startsAt')} error={state.error('startsAt')} help={t('requests.starts.help')} />,
  ];
  const words = (state: FormState) => [<TextInput name="subject" label={t('ticket.words')} value={form.values.subject} onInput={form.set('subject')} error={state.error('content/subject')} maxlength={200} />];
  return () => (
    <FormDrawer
      title={before.value ? t('requests.again', { number: before.value.number }) : t('requests.new')} saveText={t('requests.send')} save={save} onClose={props.onClose} changed={isChanged()}
      known={['kind', 'assets', 'accounts', 'actions', 'durationSeconds', 'startsAt', 'content/subject', 'content/role', 'content/organization', 'content/durationSeconds', 'reason']}
      fields={(state) => [
        !from && (
          <Choices
            name="kind" label={t('ticket.kind')} value={[form.values.kind]} onChange={(value) => form.set('kind')((value[0] ?? 'access') as Kind)} error={state.error('kind')}
            choices={kinds.filter((value) => !asset || hasTargets(value)).map((value) => ({ value, text: tKnown(`ticket-kind.${value}`, value) }))}
          />
        ),
        isOne() && <p class="form-note">{t('requests.secret.help')}</p>,
        !from && <Beginnings form={form} withPeers={form.values.kind === 'access'} />,
        ...(hasTargets(form.values.kind) ? access(state) : form.values.kind === 'role' ? [<RoleFields form={form} state={state} />] : words(state)),
        <TextArea name="reason" label={t('ticket.reason')} value={form.values.reason} onInput={form.set('reason')} error={state.error('reason')} help={t('requests.reason.help')} rows={3} autofocus={!!asset} />,
        <PathField body={() => (isAskable(form) ? previewed(form) : null)} />,
        <TextInput name="templateName" label={t('templates.keep')} optional value={form.values.templateName} onInput={form.set('templateName')} help={t('templates.keep.help')} maxlength={100} />,
      ]}
    />
  );
});

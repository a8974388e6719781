import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at, writeQuery } from '../../core/paths';
import { Problem } from '../../core/problem';
import { may, me } from '../../core/session';
import { fromLocalInput } from '../../core/time';
import type { Asset, Decided, User } from '../../api/types';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Icon } from '../../ui/Icon';
import { Link } from '../../ui/Link';
import { Picker, type Picked } from '../../ui/Picker';
import { ProblemNote } from '../../ui/ProblemNote';
import { TextInput } from '../../ui/inputs';
import { reasonText } from './reasons';
import { accessRequest } from '../tickets/request';

/** May this person do this, and why: the same question that the gateway asks. */
export const Explain = component<{ onClose: () => void }>((props) => {
  const user = shallowRef<Picked[]>([]);
  const asset = shallowRef<Picked[]>([]);
  const account = ref('');
  const time = ref('');
  const busy = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const decided = shallowRef<Decided | null>(null);
  const ready = () => user.value.length && asset.value.length && account.value.trim();
  const ask = async () => {
    busy.value = true;
    problem.value = null;
    try {
      const when = fromLocalInput(time.value);
      decided.value = await api.post<Decided>('/access/decide', { user: user.value[0]!.id, asset: asset.value[0]!.id, account: account.value.trim(), protocol: 'ssh', action: 'connect', ...(when ? { at: when } : {}) });
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  const change = <T,>(target: { value: T }) => (value: T) => { target.value = value; decided.value = null; };
  /** To asking for it, for whoever that is about, and to what somebody else has asked for. */
  const way = (smallest: NonNullable<Decided['request']>) => {
    const person = user.value[0];
    if (person?.id === me.value?.user.id) return may('tickets.open') && <Link to={accessRequest({ id: smallest.asset, name: asset.value[0]?.name ?? '' }, smallest.account, smallest.actions)} onClick={props.onClose}>{t('explain.request.ask')}</Link>;
    return may('tickets.read') && <Link to={'/tickets' + writeQuery({ q: person?.name ?? '' })} onClick={props.onClose}>{t('explain.request.theirs', { name: person?.name ?? '' })}</Link>;
  };
  const result = (answer: Decided) => (
    <div class={['note', answer.allowed ? 'good' : 'danger']} role="status">
      <Icon name={answer.allowed ? 'circle-check' : 'circle-x'} />
      <div>
        <strong>{t(answer.allowed ? 'explain.allowed' : 'explain.denied')}</strong>
        <ul>
          {answer.reasons.map((reason) => <li>{reasonText(reason)}{reason.grant && [' ', <Link to={at`/grants/${reason.grant}`} onClick={props.onClose}>{t('explain.grant')}</Link>]}</li>)}
        </ul>
        {answer.request && <p>{t('explain.request', { account: answer.request.account, asset: asset.value[0]?.name ?? '' })} {way(answer.request)}</p>}
      </div>
    </div>
  );
  return () => (
    <Dialog drawer title={t('explain.title')} onClose={props.onClose} footer={() => [<Button onClick={props.onClose}>{t('close')}</Button>, <Button kind="primary" submit form="explain-form" busy={busy.value} disabled={!ready()}>{t('explain.ask')}</Button>]}>
      <form id="explain-form" onSubmit={(event: Event) => { event.preventDefault(); if (ready()) void ask(); }}>
        <p class="form-note">{t('explain.text')}</p>
        {problem.value && <ProblemNote problem={problem.value} known={['user', 'asset', 'account', 'at']} />}
        <Picker one name="explain-user" label={t('user')} value={user.value} onChange={change(user)} path="/users" searchBy={['name', 'login']} toChoice={(one: User) => ({ id: one.id, name: one.name, note: one.login })} error={problem.value?.field('user')} autofocus />
        <Picker one name="explain-asset" label={t('asset')} value={asset.value} onChange={change(asset)} path="/assets" searchBy={['name', 'address']} toChoice={(one: Asset) => ({ id: one.id, name: one.name, note: one.address })} error={problem.value?.field('asset')} />
        <TextInput name="explain-account" label={t('account')} value={account.value} onInput={change(account)} monospace error={problem.value?.field('account')} />
        <TextInput name="explain-at" label={t('explain.at')} type="datetime-local" optional value={time.value} onInput={change(time)} error={problem.value?.field('at')} />
        {decided.value && result(decided.value)}
      </form>
    </Dialog>
  );
});

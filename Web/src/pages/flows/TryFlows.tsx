import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { Problem } from '../../core/problem';
import { fromLocalInput, secondsOf } from '../../core/time';
import type { Asset, PathPreview, User } from '../../api/types';
import { Section } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { TextInput } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { ProblemNote } from '../../ui/ProblemNote';
import { Tokens } from '../../ui/Tokens';
import { PathShown } from '../tickets/ApprovalPath';

/** Shows the path that somebody's request would take; nothing is opened. */
export const TryFlows = component(() => {
  const who = shallowRef<Picked[]>([]);
  const assets = shallowRef<Picked[]>([]);
  const accounts = shallowRef<string[]>([]);
  const hours = ref('1');
  const time = ref('');
  const busy = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const answer = shallowRef<PathPreview | null>(null);
  const run = async () => {
    if (!who.value[0] || busy.value) return;
    busy.value = true;
    problem.value = null;
    answer.value = null;
    try {
      const request = { assets: assets.value.map((one) => one.id), accounts: accounts.value, durationSeconds: secondsOf(hours.value) ?? 3600, startsAt: fromLocalInput(time.value) };
      answer.value = await api.post<PathPreview>('/flows/try', { user: who.value[0].id, request });
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  // What the kind of request objects to is said of the request alone.
  const field = (name: string) => problem.value?.field(`request/${name}`) ?? problem.value?.field(name);
  return () => (
    <Section title={t('flow.try')}>
      <form novalidate onSubmit={(event: Event) => { event.preventDefault(); void run(); }}>
        {problem.value && <ProblemNote problem={problem.value} known={['assets', 'accounts', 'durationSeconds', 'startsAt'].flatMap((one) => [one, `request/${one}`])} />}
        <div class="fields-2">
          <Picker one name="try-user" label={t('flow.try.who')} value={who.value} onChange={(value) => { who.value = value; }} path="/users" searchBy={['name', 'login']} toChoice={(user: User) => ({ id: user.id, name: user.name, note: user.login })} />
          <Picker name="try-assets" label={t('ticket.assets')} value={assets.value} onChange={(value) => { assets.value = value; }} error={field('assets')} path="/assets" toChoice={(asset: Asset) => ({ id: asset.id, name: asset.name, note: asset.address })} />
          <Tokens name="try-accounts" label={t('ticket.accounts')} value={accounts.value} onChange={(value) => { accounts.value = value; }} error={field('accounts')} placeholder={t('requests.accounts.placeholder')} />
          <TextInput name="try-hours" label={t('flow.try.hours')} value={hours.value} onInput={(value) => { hours.value = value; }} error={field('durationSeconds')} inputmode="decimal" />
          <TextInput name="try-time" label={t('ticket.starts')} type="datetime-local" optional value={time.value} onInput={(value) => { time.value = value; }} error={field('startsAt')} />
        </div>
        <Button submit busy={busy.value} disabled={!who.value.length}>{t('flow.try.run')}</Button>
      </form>
      {answer.value && <div role="status"><PathShown path={answer.value} /></div>}
    </Section>
  );
});

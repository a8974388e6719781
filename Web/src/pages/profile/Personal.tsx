import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { Problem } from '../../core/problem';
import { invalidate } from '../../core/query';
import { loadSession, me } from '../../core/session';
import { toast } from '../../core/toasts';
import { Section } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { ProblemNote } from '../../ui/ProblemNote';
import { TextInput } from '../../ui/inputs';
import { leastDemand, passwordHelp } from './password';
import { showOnce } from '../../ui/SecretOnce';
import type { TemporaryPassword } from '../../api/types';

export const Personal = component(() => {
  const name = ref(me.value?.user.name ?? '');
  const saveName = async () => {
    if (await act(() => api.patch('/me', { name: name.value.trim() }, me.value?.user.version ?? 0), { done: t('saved', { name: t('name') }), changes: ['/users'] })) await loadSession();
  };
  return () => (
    <div>
      <Section title={t('profile.name')}>
        <form class="card add-row" onSubmit={(event: Event) => { event.preventDefault(); void saveName(); }}>
          <TextInput name="own-name" label={t('name')} value={name.value} onInput={(value) => { name.value = value; }} autocomplete="name" />
          <Button submit disabled={!name.value.trim() || name.value === me.value?.user.name}>{t('save')}</Button>
        </form>
      </Section>
      <Section title={t('password')}><PasswordForm /></Section>
      <Section title={t('temporary-password')}><OwnTemporaryPassword /></Section>
    </div>
  );
});

/** Makes a password that is good once, for a machine that one does not trust. */
const OwnTemporaryPassword = component(() => {
  const busy = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const make = async () => {
    busy.value = true;
    problem.value = null;
    try {
      const made = await api.post<TemporaryPassword>('/me/temporary-password');
      showOnce({ title: t('temporary-password'), text: t('temporary-password.own'), value: made.password });
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  return () => (
    <div class="card">
      {problem.value && <ProblemNote problem={problem.value} />}
      <p>{t('temporary-password.lead')}</p>
      <Button busy={busy.value} onClick={() => void make()}>{t('temporary-password.make')}</Button>
    </div>
  );
});

/** Chooses another password, which takes the one before. */
export const PasswordForm = component(() => {
  const current = ref('');
  const fresh = ref('');
  const again = ref('');
  const busy = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const differs = () => again.value !== '' && again.value !== fresh.value;
  const save = async () => {
    if (differs()) return;
    busy.value = true;
    problem.value = null;
    try {
      await api.post('/me/password', { current: current.value, password: fresh.value });
      current.value = fresh.value = again.value = '';
      // Every other browser is signed out.
      invalidate('/me/sessions');
      toast(t('profile.password.done'));
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  return () => (
    <form class="card" onSubmit={(event: Event) => { event.preventDefault(); void save(); }}>
      {problem.value && <ProblemNote problem={problem.value} known={['current', 'password']} />}
      <TextInput name="current" label={t('profile.password.current')} type="password" value={current.value} onInput={(value) => { current.value = value; }} autocomplete="current-password" error={problem.value?.field('current')} />
      <TextInput name="fresh" label={t('password.new')} type="password" value={fresh.value} onInput={(value) => { fresh.value = value; }} autocomplete="new-password" help={passwordHelp(me.value?.newPassword ?? leastDemand)} error={problem.value?.field('password')} />
      <TextInput name="again" label={t('password.again')} type="password" value={again.value} onInput={(value) => { again.value = value; }} autocomplete="new-password" error={differs() ? t('password.differs') : undefined} />
      <Button submit kind="primary" busy={busy.value} disabled={!current.value || !fresh.value || again.value !== fresh.value}>{t('profile.password.save')}</Button>
    </form>
  );
});

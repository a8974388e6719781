import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { Problem } from '../../core/problem';
import { navigate, route } from '../../core/router';
import { loadSession } from '../../core/session';
import { ProblemNote } from '../../ui/ProblemNote';
import { Button } from '../../ui/Button';
import { SignInFrame } from '../sign-in/SignInFrame';

/** `/support#token=…`: where a link of the provider's console leads. Nothing happens before the person says so. */
export const SupportEntryPage = component(() => {
  const token = new URLSearchParams(route.hash.slice(1)).get('token') ?? '';
  history.replaceState(history.state, '', '/support');
  const busy = shallowRef(false);
  const problem = shallowRef<Problem | null>(null);
  const enter = async () => {
    busy.value = true;
    try {
      await api.post('/auth/support', { token }, true);
      await loadSession();
      await navigate('/', { replace: true, force: true });
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  return () => (
    <SignInFrame title={t('support.enter')} lead={t(token ? 'support.enter.text' : 'support.enter.cut')}>
      {problem.value && <ProblemNote problem={problem.value} />}
      {token && <Button kind="primary" busy={busy.value} disabled={problem.value !== null} onClick={() => void enter()}>{t('support.enter')}</Button>}
    </SignInFrame>
  );
});

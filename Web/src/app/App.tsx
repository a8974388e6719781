import { onErrorCaptured, shallowRef, watch, type Comp } from 'vue';
import { component, h } from '../core/jsx';
import { t, tKnown } from '../core/i18n';
import { Problem } from '../core/problem';
import { navigate, route } from '../core/router';
import { safeReturn } from '../core/paths';
import { house, loadSession, may, me } from '../core/session';
import { pendingStepUp } from '../core/step-up';
import { Confirmations } from '../ui/confirm';
import { EmptyState, ErrorState } from '../ui/bits';
import { SecretOnce } from '../ui/SecretOnce';
import { StepUpDialog } from './StepUpDialog';
import { ToastList } from './ToastList';

/** Which page is on, for whom; nothing is shown before the server said who this is. */
export const App = component<{ shell: Comp<{}> }>((props) => {
  const state = shallowRef<'loading' | 'ready' | Problem>('loading');
  const broken = shallowRef<Problem | null>(null);
  const start = async () => {
    state.value = 'loading';
    try {
      await loadSession();
      state.value = 'ready';
    } catch (error) {
      state.value = Problem.wrap(error);
    }
  };
  void start();
  onErrorCaptured((error) => {
    console.error(error);
    broken.value = Problem.wrap(error);
    return false;
  });
  watch(() => route.path, () => { broken.value = null; });
  watch(() => [state.value, me.value, route.page] as const, ([ready, person, page]) => {
    if (ready !== 'ready') return;
    if (!person && !page?.bare) void navigate(`/sign-in?return=${encodeURIComponent(location.pathname + location.search)}`, { replace: true, force: true });
    if (person && page?.path === '/sign-in') void navigate(safeReturn(route.query.return), { replace: true, force: true });
  }, { immediate: true });
  watch(() => [route.page ? t(route.page.title) : t('page.none'), house()] as const, ([title, name]) => {
    document.title = [title, name, 'Gatehouse'].filter(Boolean).join(' · ');
  }, { immediate: true });

  const page = () => {
    if (broken.value) return <ErrorState problem={broken.value} retry={() => { broken.value = null; }} />;
    if (!route.page) return <EmptyState whole icon="route" title={t('page.none')} text={t('page.none.text')} action={t('page.home')} to="/" />;
    const { component: Component, permission = '' } = route.page;
    if (permission && !may(permission)) return <EmptyState whole icon="lock" title={t('page.forbidden')} text={t('page.forbidden.text', { permission: tKnown(`permission.${permission}`, permission) })} action={t('page.home')} to="/" />;
    return <Component key={route.path} />;
  };
  const { shell: Shell } = props;
  return () => (
    <div class="root">
      {state.value instanceof Problem ? <ErrorState problem={state.value} retry={() => void start()} />
        : state.value === 'loading' ? <div class="boot" role="status" aria-label={t('loading')} />
        : route.page?.bare ? page()
        : me.value ? <Shell>{page()}</Shell> : null}
      <ToastList />
      <SecretOnce />
      <Confirmations />
      {pendingStepUp.value && <StepUpDialog />}
    </div>
  );
});

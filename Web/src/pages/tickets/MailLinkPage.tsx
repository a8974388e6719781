import { shallowRef, watch } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { Problem } from '../../core/problem';
import { navigate, route } from '../../core/router';
import { me } from '../../core/session';
import { EmptyState, ErrorState } from '../../ui/bits';

const kept = 'mail-link';

/**
 * `/decide#…`: somebody comes from a mail that asks for a decision. The link is in the fragment, so it reaches no log on the way; it
 * waits in this tab until they are signed in, and then leads to the request, if that still waits for them.
 */
export const MailLinkPage = component(() => {
  const problem = shallowRef<Problem | null>(null);
  const given = route.hash.slice(1);
  if (given) sessionStorage.setItem(kept, given);
  history.replaceState(history.state, '', '/decide');
  const open = async () => {
    problem.value = null;
    const token = sessionStorage.getItem(kept) ?? '';
    try {
      const opened = await api.post<{ ticket: string }>('/my/mail-links', { token });
      sessionStorage.removeItem(kept);
      await navigate(at`/inbox/${opened.ticket}`, { replace: true, force: true });
    } catch (error) {
      problem.value = Problem.wrap(error);
    }
  };
  watch(() => me.value, (person) => {
    if (person) void open();
    else void navigate('/sign-in?return=%2Fdecide', { replace: true, force: true });
  }, { immediate: true });
  return () => (
    <main class="boot-note">
      {!problem.value ? <div class="boot" role="status" aria-label={t('loading')} />
        : problem.value.kind === 'link-invalid' || problem.value.kind === 'invalid-fields'
          ? <EmptyState icon="ticket" title={t('mail-link.over')} text={t('mail-link.over.text')} action={t('page.inbox')} to="/inbox" />
          : <ErrorState problem={problem.value} retry={() => void open()} />}
    </main>
  );
});

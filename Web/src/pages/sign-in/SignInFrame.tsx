import { component, h } from '../../core/jsx';
import { house, loadTenant, tenant } from '../../core/session';
import { isConsole } from '../../core/surface';
import { t } from '../../core/i18n';
import { toastProblem } from '../../core/toasts';
import { Logo } from '../../app/Logo';
import { LanguageMenu, ThemeMenu } from '../../app/TopBar';

/** The page before anybody is signed in: whose portal this is, and one question at a time. */
export const SignInFrame = component<{ title: string; lead?: string }>((props, slots) => {
  if (!isConsole && !tenant.value) void loadTenant().catch(toastProblem);
  return () => (
    <div class="sign-in">
      <div class="sign-in-tools"><ThemeMenu /><LanguageMenu /></div>
      <main class="sign-in-card" id="main">
        <header><Logo size={34} /><span class="tenant">{house() || ' '}</span></header>
        <h1>{props.title}</h1>
        {props.lead && <p class="lead">{props.lead}</p>}
        {slots.default?.()}
      </main>
      <footer>{t('sign-in.product')}</footer>
    </div>
  );
});

import { component, h } from '../../core/jsx';
import { loadTenant, tenant } from '../../core/session';
import { t } from '../../core/i18n';
import { toastProblem } from '../../core/toasts';
import { Logo } from '../../app/Logo';
import { LanguageMenu, ThemeMenu } from '../../app/TopBar';
import { ClosedCompany } from './ClosedCompany';

/** The page before anybody is signed in: whose portal this is, and one question at a time. */
export const SignInFrame = component<{ title: string; lead?: string }>((props, slots) => {
  if (!tenant.value) void loadTenant().catch(toastProblem);
  return () => (
    <div class="sign-in">
      <div class="sign-in-tools"><ThemeMenu /><LanguageMenu /></div>
      <main class="sign-in-card" id="main">
        <header><Logo size={34} /><span class="tenant">{tenant.value?.name ?? ' '}</span></header>
        {tenant.value?.closure ? <ClosedCompany name={tenant.value.name} closure={tenant.value.closure} contact={tenant.value.contact} /> : [
          <h1>{props.title}</h1>,
          props.lead && <p class="lead">{props.lead}</p>,
          slots.default?.(),
        ]}
      </main>
      <footer>{t('sign-in.product')}</footer>
    </div>
  );
});

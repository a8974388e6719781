import { component, h } from '../../core/jsx';
import { house, tenant } from '../../core/session';
import { t } from '../../core/i18n';
import { Logo } from '../../app/Logo';
import { LanguageMenu, ThemeMenu } from '../../app/TopBar';
import { ClosedCompany } from './ClosedCompany';

/** The page before anybody is signed in: whose portal this is, and one question at a time. */
export const SignInFrame = component<{ title: string; lead?: string }>((props, slots) => {
  return () => (
    <div class="sign-in">
      <div class="sign-in-tools"><ThemeMenu /><LanguageMenu /></div>
      <main class="sign-in-card" id="main">
        <header><Logo size={34} /><span class="tenant">{house() || ' '}</span></header>
        {tenant.value?.closure ? <ClosedCompany name={tenant.value.name} closure={tenant.value.closure} contact={tenant.value.contact} /> : [
          <h1>{props.title}</h1>,
          tenant.value?.signInText && <p class="sign-in-text">{tenant.value.signInText}</p>,
          props.lead && <p class="lead">{props.lead}</p>,
          slots.default?.(),
        ]}
      </main>
      <footer>{t('sign-in.product')}</footer>
    </div>
  );
});

import { watch } from 'vue';
import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { route, type Page } from '../core/router';
import { LanguageMenu, ThemeMenu } from '../app/TopBar';
import { Logo } from '../app/Logo';
import { ToastList } from '../app/ToastList';
import { EmptyState } from '../ui/bits';
import { ConfirmPage } from './ConfirmPage';
import { SignUpPage } from './SignUpPage';

/** The pages of the host on which companies sign themselves up: nobody is signed in here, and nobody can be. */
export const signUpPages: Page[] = [
  { path: '/', title: 'sign-up.title', component: SignUpPage, bare: true },
  { path: '/confirm', title: 'sign-up.confirm.title', component: ConfirmPage, bare: true },
];

export const isSignUpHost = (hostname: string): boolean => hostname.startsWith('signup.');

export const SignUpApp = component(() => {
  watch(() => (route.page ? t(route.page.title) : t('page.none')), (title) => { document.title = `${title} · ${t('sign-in.product')}`; }, { immediate: true });
  return () => {
    const Component = route.page?.component;
    return (
      <div class="root">
        <div class="sign-in">
          <div class="sign-in-tools"><ThemeMenu /><LanguageMenu /></div>
          <main class="sign-in-card" id="main">
            <header><Logo size={34} /><span class="tenant">{t('sign-in.product')}</span></header>
            {Component ? <Component key={route.path} /> : <EmptyState icon="route" title={t('page.none')} text={t('page.none.text')} action={t('sign-up.title')} to="/" />}
          </main>
          <footer>{t('sign-in.product')}</footer>
        </div>
        <ToastList />
      </div>
    );
  };
});

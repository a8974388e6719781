import { h, view } from '../core/jsx';
import { languages, language, setLanguage, t } from '../core/i18n';
import { house, loadSession, me } from '../core/session';
import { isConsole } from '../core/surface';
import { setTheme, theme, type Theme } from '../core/theme';
import { api } from '../core/client';
import { toastProblem } from '../core/toasts';
import { IconButton } from '../ui/Button';
import { initials } from '../ui/bits';
import { Icon, type IconName } from '../ui/Icon';
import { Link } from '../ui/Link';
import { Menu } from '../ui/Menu';
import { BasketButton } from './BasketButton';
import { Logo } from './Logo';
import { NoticeBell } from './NoticeBell';
import { OrganizationMenu } from './OrganizationMenu';

export const TopBar = view<{ onMenu: () => void; menuOpen: boolean; leave: () => void; search?: () => void }>((props) => (
  <header class="top-bar">
    <span class="only-small"><IconButton icon="menu-2" label={t('nav.open')} expanded={props.menuOpen} onClick={props.onMenu} /></span>
    <Link to="/" class="brand" label={t('nav.home', { name: house() })}><Logo /><span class="tenant">{house()}</span></Link>
    {!isConsole && <OrganizationMenu />}
    {props.search && (
      <button type="button" class="palette-button" aria-label={t('palette.open')} onClick={props.search}>
        <Icon name="search" size={16} /><span>{t('palette.open')}</span><kbd>{t('palette.keys')}</kbd>
      </button>
    )}
    <span class="stretch" />
    {!isConsole && <BasketButton />}
    {!isConsole && <NoticeBell />}
    <ThemeMenu />
    <LanguageMenu />
    <PersonMenu leave={props.leave} />
  </header>
));

const themes: { value: Theme; icon: IconName }[] = [{ value: 'system', icon: 'sun-moon' }, { value: 'light', icon: 'sun' }, { value: 'dark', icon: 'moon' }];

export const ThemeMenu = view(() => (
  <Menu
    label={t('theme')} icon={themes.find((one) => one.value === theme())?.icon ?? 'sun-moon'}
    items={themes.map((one) => ({ text: t(`theme.${one.value}`), checked: theme() === one.value, onPick: () => setTheme(one.value) }))}
  />
));

async function chooseLanguage(code: string): Promise<void> {
  await setLanguage(code);
  if (!me.value || isConsole) return;
  try {
    await api.patch('/me', { language: code }, me.value.user.version);
    await loadSession();
  } catch (error) {
    toastProblem(error);
  }
}

export const LanguageMenu = view(() => (
  <Menu
    label={t('language')} icon="language"
    items={languages.map((one) => ({ text: one.name, checked: language() === one.code, onPick: () => void chooseLanguage(one.code) }))}
  />
));

const PersonMenu = view<{ leave: () => void }>((props) => {
  const name = me.value?.user.name ?? '';
  return (
    <Menu
      label={t('nav.person', { name })} button={() => <span class="avatar large" title={name}>{initials(name)}</span>}
      items={[
        { text: t('page.profile'), icon: 'user', to: '/profile' },
        { text: t('sign-out'), icon: 'logout', onPick: props.leave },
      ]}
    />
  );
});

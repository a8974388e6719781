import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { me } from '../../core/session';
import { Section } from '../../ui/bits';
import { Page } from '../../ui/Page';
import { PasswordForm } from '../../pages/profile/Personal';
import { WebSessions } from '../../pages/profile/WebSessions';

/** What belongs to oneself at the console: the password, and the browsers that are signed in. */
export const OperatorProfilePage = component(() => () => (
  <Page title={me.value?.user.name ?? ''} narrow lead={me.value?.user.login}>
    <Section title={t('password')}><PasswordForm /></Section>
    <WebSessions />
  </Page>
));

import { component, h } from '../../core/jsx';
import { me } from '../../core/session';
import { Page } from '../../ui/Page';
import { WebSessions } from '../../pages/profile/WebSessions';

/** What belongs to oneself at the console: the browsers that are signed in. */
export const OperatorProfilePage = component(() => () => <Page title={me.value?.user.name ?? ''} narrow lead={me.value?.user.login}><WebSessions /></Page>);

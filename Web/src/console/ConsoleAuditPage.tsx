import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { Page } from '../ui/Page';
import { AuditTable } from '../pages/audit/AuditTable';

/** Where the things of the console are shown, by their kind. */
export const links = { tenant: '/tenants' };

/** What operators and the installation itself did. */
export const ConsoleAuditPage = component(() => () => <Page title={t('page.audit')}><AuditTable id="provider-audit" links={links} /></Page>);

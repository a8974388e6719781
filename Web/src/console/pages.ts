import type { Page } from '../core/router';
import { InvitationPage, SignInPage } from '../pages/sign-in/SignInPage';
import { ProviderAnnouncementsPage } from './announcements/ProviderAnnouncementsPage';
import { ConsoleAuditPage } from './ConsoleAuditPage';
import { ConsoleHomePage } from './ConsoleHomePage';
import { LevelsPage } from './levels/LevelsPage';
import { InvoicesPage } from './money/InvoicesPage';
import { PlansPage } from './money/PlansPage';
import { TenantUsagePage } from './money/TenantUsagePage';
import { OperatorProfilePage } from './operators/OperatorProfilePage';
import { OperatorsPage } from './operators/OperatorsPage';
import { ConsoleRulesPage } from './workers/ConsoleRulesPage';
import { WorkersPage } from './workers/WorkersPage';
import { SignUpsPage } from './sign-ups/SignUpsPage';
import { SupportWishesPage } from './support/SupportWishesPage';
import { TenantPage } from './tenants/TenantPage';
import { TenantsPage } from './tenants/TenantsPage';

/** Every page of the console, with what it takes to see it. */
export const pages: Page[] = [
  { path: '/sign-in', title: 'sign-in.title', component: SignInPage, bare: true },
  { path: '/invitation', title: 'invitation.title', component: InvitationPage, bare: true },
  { path: '/', title: 'page.home', component: ConsoleHomePage },
  { path: '/tenants', title: 'page.tenants', component: TenantsPage, permission: 'provider.tenants.read' },
  { path: '/tenants/:tenant', title: 'page.tenants', component: TenantPage, permission: 'provider.tenants.read', parent: '/tenants' },
  { path: '/sign-ups', title: 'page.sign-ups', component: SignUpsPage, permission: 'provider.tenants.read' },
  { path: '/support', title: 'page.support', component: SupportWishesPage, permission: 'provider.support' },
  { path: '/announcements', title: 'page.announcements', component: ProviderAnnouncementsPage, permission: 'provider.announcements' },
  { path: '/workers', title: 'page.workers', component: WorkersPage, permission: 'provider.workers' },
  { path: '/gateway-rules', title: 'page.rules', component: ConsoleRulesPage, permission: 'provider.workers' },
  { path: '/service-levels', title: 'page.levels', component: LevelsPage, permission: 'provider.service-levels' },
  { path: '/operators', title: 'page.operators', component: OperatorsPage, permission: 'provider.operators' },
  { path: '/audit', title: 'page.audit', component: ConsoleAuditPage, permission: 'provider.audit' },
  { path: '/profile', title: 'page.profile', component: OperatorProfilePage },
  { path: '/plans', title: 'page.plans', component: PlansPage, permission: 'provider.plans.read' },
  { path: '/usage', title: 'page.tenant-usage', component: TenantUsagePage, permission: 'provider.usage' },
  { path: '/invoices', title: 'page.invoices', component: InvoicesPage, permission: 'provider.invoices.read' },
];

import type { Page } from '../core/router';
import { AccountsPage } from '../pages/accounts/AccountTable';
import { CheckOutsPage } from '../pages/accounts/CheckOutsPage';
import { MySecretsPage } from '../pages/accounts/MySecretsPage';
import { AssetPage } from '../pages/assets/AssetPage';
import { AssetsPage } from '../pages/assets/AssetsPage';
import { AuditPage } from '../pages/audit/AuditTable';
import { BreakGlassPage } from '../pages/break-glass/BreakGlassPage';
import { FlowsPage } from '../pages/flows/FlowsPage';
import { GrantPage } from '../pages/grants/GrantPage';
import { GrantsPage } from '../pages/grants/GrantsPage';
import { TryPage } from '../pages/grants/TryPage';
import { OnlinePage } from '../pages/online/OnlinePage';
import { OrganizationsPage } from '../pages/organizations/OrganizationsPage';
import { GroupPage, GroupsPage } from '../pages/people/GroupPages';
import { UserPage } from '../pages/people/UserPage';
import { UsersPage } from '../pages/people/UsersPage';
import { FaceComponentPage } from '../pages/face/FaceComponentPage';
import { GatewaysPage } from '../pages/sms/GatewaysPage';
import { ChannelsPage } from '../pages/messengers/ChannelsPage';
import { AnnouncementsPage } from '../pages/notices/AnnouncementsPage';
import { NoticeSettingsPage } from '../pages/notices/NoticeSettingsPage';
import { NoticesPage } from '../pages/notices/NoticesPage';
import { ProviderPage } from '../pages/providers/ProviderPage';
import { ProvidersPage } from '../pages/providers/ProvidersPage';
import { ProfilePage } from '../pages/profile/ProfilePage';
import { CommandsPage } from '../pages/sessions/CommandsPage';
import { SessionPage } from '../pages/sessions/SessionPage';
import { MySessionsPage, SessionsPage } from '../pages/sessions/SessionTable';
import { KeysPage } from '../pages/settings/KeysPage';
import { RulesPage } from '../pages/settings/RulesPage';
import { SupportEntryPage } from '../pages/settings/SupportEntryPage';
import { SupportPage } from '../pages/settings/SupportPage';
import { BrandingSettings, GeneralSettings, MailSettings, RecordingSettings, SecuritySettings } from '../pages/settings/SettingsPage';
import { UsagePage } from '../pages/settings/UsagePage';
import { RolePage } from '../pages/roles/RolePage';
import { RolesPage } from '../pages/roles/RolesPage';
import { SignInLinksPage } from '../pages/sign-in-links/SignInLinksPage';
import { SignInLocksPage } from '../pages/sign-in-locks/SignInLocksPage';
import { DutiesPage } from '../pages/duties/DutiesPage';
import { FactorRulesPage } from '../pages/factor-rules/FactorRulesPage';
import { SignInRulesPage } from '../pages/sign-in-rules/SignInRulesPage';
import { FarewellPage } from '../pages/sign-in/FarewellPage';
import { FacePage } from '../pages/sign-in/FacePage';
import { DevicePage } from '../pages/sign-in/DevicePage';
import { InvitationPage, LinkPage, ProviderReturnPage, SignInPage } from '../pages/sign-in/SignInPage';
import { TemplatesPage } from '../pages/request-templates/TemplatesPage';
import { ReportPage } from '../pages/tickets/ReportPage';
import { AllRequestsPage, InboxPage, MyRequestsPage } from '../pages/tickets/TicketLists';
import { MailLinkPage } from '../pages/tickets/MailLinkPage';
import { TicketPage } from '../pages/tickets/TicketPage';
import { EgressPage } from '../pages/webhooks/EgressPage';
import { WebhookPage } from '../pages/webhooks/WebhookPage';
import { WebhooksPage } from '../pages/webhooks/WebhooksPage';
import { HomePage } from '../pages/work/HomePage';
import { MyAccessPage } from '../pages/work/MyAccessPage';
import { MyAssetsPage } from '../pages/work/MyAssetsPage';
import { WorkspacePage } from '../pages/work/WorkspacePage';

/** Every page of the portal, with what it takes to see it. */
export const pages: Page[] = [
  { path: '/sign-in', title: 'sign-in.title', component: SignInPage, bare: true },
  { path: '/sign-in/callback/:provider', title: 'sign-in.title', component: ProviderReturnPage, bare: true },
  { path: '/sign-in/leave', title: 'sign-in.title', component: FarewellPage, bare: true },
  { path: '/sign-in/link', title: 'sign-in.title', component: LinkPage, bare: true },
  { path: '/device', title: 'device.title', component: DevicePage, bare: true },
  { path: '/face', title: 'face.title', component: FacePage, bare: true },
  { path: '/invitation', title: 'invitation.title', component: InvitationPage, bare: true },
  { path: '/support', title: 'support.enter', component: SupportEntryPage, bare: true },
  { path: '/', title: 'page.home', component: HomePage },
  { path: '/my/assets', title: 'page.my-assets', component: MyAssetsPage, permission: 'assets.mine' },
  { path: '/my/access', title: 'page.my-access', component: MyAccessPage, permission: 'assets.mine' },
  { path: '/my/secrets', title: 'page.my-secrets', component: MySecretsPage, permission: 'secrets.mine' },
  { path: '/workspace', title: 'page.workspace', component: WorkspacePage, permission: 'assets.mine' },
  { path: '/requests', title: 'page.requests', component: MyRequestsPage, permission: 'tickets.open' },
  { path: '/requests/:ticket', title: 'page.requests', component: TicketPage, parent: '/requests' },
  { path: '/decide', title: 'page.inbox', component: MailLinkPage, bare: true },
  { path: '/inbox', title: 'page.inbox', component: InboxPage, permission: 'tickets.decide' },
  { path: '/inbox/:ticket', title: 'page.inbox', component: TicketPage, parent: '/inbox' },
  { path: '/my/sessions', title: 'page.my-sessions', component: MySessionsPage, permission: 'sessions.mine' },
  { path: '/my/sessions/:session', title: 'page.my-sessions', component: SessionPage, parent: '/my/sessions' },
  { path: '/notices', title: 'page.notices', component: NoticesPage, permission: 'profile.use' },
  { path: '/assets', title: 'page.assets', component: AssetsPage, permission: 'assets.read' },
  { path: '/assets/:asset', title: 'page.assets', component: AssetPage, permission: 'assets.read', parent: '/assets' },
  { path: '/accounts', title: 'page.accounts', component: AccountsPage, permission: 'accounts.read' },
  { path: '/check-outs', title: 'page.check-outs', component: CheckOutsPage, permission: 'check-outs.read' },
  { path: '/users', title: 'page.users', component: UsersPage, permission: 'users.read' },
  { path: '/users/:user', title: 'page.users', component: UserPage, permission: 'users.read', parent: '/users' },
  { path: '/organizations', title: 'page.organizations', component: OrganizationsPage, permission: 'organizations.read' },
  { path: '/groups', title: 'page.groups', component: GroupsPage, permission: 'groups.read' },
  { path: '/groups/:group', title: 'page.groups', component: GroupPage, permission: 'groups.read', parent: '/groups' },
  { path: '/roles', title: 'page.roles', component: RolesPage, permission: 'roles.read' },
  { path: '/roles/:role', title: 'page.roles', component: RolePage, permission: 'roles.read', parent: '/roles' },
  { path: '/duties', title: 'page.duties', component: DutiesPage, permission: 'duties.read' },
  { path: '/identity-providers', title: 'page.identity-providers', component: ProvidersPage, permission: 'identity-providers.read' },
  { path: '/identity-providers/:provider', title: 'page.identity-providers', component: ProviderPage, permission: 'identity-providers.read', parent: '/identity-providers' },
  { path: '/sms-gateways', title: 'page.sms-gateways', component: GatewaysPage, permission: 'identity-providers.read' },
  { path: '/face-component', title: 'page.face-component', component: FaceComponentPage, permission: 'identity-providers.read' },
  { path: '/factor-rules', title: 'page.factor-rules', component: FactorRulesPage, permission: 'sign-in-rules.read' },
  { path: '/sign-in-rules', title: 'page.sign-in-rules', component: SignInRulesPage, permission: 'sign-in-rules.read' },
  { path: '/sign-in-locks', title: 'page.sign-in-locks', component: SignInLocksPage, permission: 'sign-in-locks.read' },
  { path: '/sign-in-links', title: 'page.sign-in-links', component: SignInLinksPage, permission: 'sign-in-links.read' },
  { path: '/online', title: 'page.online', component: OnlinePage, permission: 'online.read' },
  { path: '/grants', title: 'page.grants', component: GrantsPage, permission: 'grants.read' },
  { path: '/grants/try', title: 'page.trial', component: TryPage, permission: 'access.try', parent: '/grants' },
  { path: '/grants/:grant', title: 'page.grants', component: GrantPage, permission: 'grants.read', parent: '/grants' },
  { path: '/tickets', title: 'page.tickets', component: AllRequestsPage, permission: 'tickets.read' },
  { path: '/tickets/report', title: 'page.ticket-report', component: ReportPage, permission: 'tickets.read', parent: '/tickets' },
  { path: '/tickets/:ticket', title: 'page.tickets', component: TicketPage, parent: '/tickets' },
  { path: '/break-glass', title: 'page.break-glass', component: BreakGlassPage, permission: 'tickets.read' },
  { path: '/flows', title: 'page.flows', component: FlowsPage, permission: 'flows.read' },
  { path: '/request-templates', title: 'page.request-templates', component: TemplatesPage, permission: 'flows.read' },
  { path: '/sessions', title: 'page.sessions', component: SessionsPage, permission: 'sessions.read' },
  { path: '/sessions/:session', title: 'page.sessions', component: SessionPage, parent: '/sessions' },
  { path: '/commands', title: 'page.commands', component: CommandsPage, permission: 'commands.read' },
  { path: '/audit', title: 'page.audit', component: AuditPage, permission: 'audit.read' },
  { path: '/messengers', title: 'page.messengers', component: ChannelsPage, permission: 'messenger-channels.read' },
  { path: '/webhooks', title: 'page.webhooks', component: WebhooksPage, permission: 'webhooks.read' },
  { path: '/webhooks/:webhook', title: 'page.webhooks', component: WebhookPage, permission: 'webhooks.read', parent: '/webhooks' },
  { path: '/support-access', title: 'page.support', component: SupportPage, permission: 'support.read' },
  { path: '/egress', title: 'page.egress', component: EgressPage, permission: 'webhooks.read' },
  { path: '/gateway-rules', title: 'page.rules', component: RulesPage, permission: 'endpoints.read' },
  { path: '/usage', title: 'page.usage', component: UsagePage, permission: 'usage.read' },
  { path: '/settings/general', title: 'page.settings.general', component: GeneralSettings, permission: 'organization-settings.read' },
  { path: '/settings/branding', title: 'page.settings.branding', component: BrandingSettings, permission: 'settings.read' },
  { path: '/settings/security', title: 'page.settings.security', component: SecuritySettings, permission: 'organization-settings.read' },
  { path: '/settings/recording', title: 'page.settings.recording', component: RecordingSettings, permission: 'organization-settings.read' },
  { path: '/settings/mail', title: 'page.settings.mail', component: MailSettings, permission: 'mail-server.read' },
  { path: '/settings/notices', title: 'page.settings.notices', component: NoticeSettingsPage, permission: 'notices.read' },
  { path: '/announcements', title: 'page.announcements', component: AnnouncementsPage, permission: 'notices.read' },
  { path: '/settings/keys', title: 'page.keys', component: KeysPage, permission: 'keys.read' },
  { path: '/profile', title: 'page.profile', component: ProfilePage },
];

import { visible, type NavArea } from './areas';

const areas: NavArea[] = [
  {
    title: 'area.work', pages: [
      { path: '/', title: 'page.home', icon: 'home' },
      { path: '/my/assets', title: 'page.my-assets', icon: 'server', permission: 'assets.mine' },
      { path: '/my/access', title: 'page.my-access', icon: 'user-check', permission: 'assets.mine' },
      { path: '/my/secrets', title: 'page.my-secrets', icon: 'password', permission: 'secrets.mine' },
      { path: '/workspace', title: 'page.workspace', icon: 'device-desktop', permission: 'assets.mine' },
      { path: '/requests', title: 'page.requests', icon: 'ticket', permission: 'tickets.open' },
      { path: '/inbox', title: 'page.inbox', icon: 'inbox', permission: 'tickets.decide' },
      { path: '/my/sessions', title: 'page.my-sessions', icon: 'history', permission: 'sessions.mine' },
      { path: '/notices', title: 'page.notices', icon: 'bell', permission: 'profile.use' },
    ],
  },
  {
    title: 'area.estate', pages: [
      { path: '/assets', title: 'page.assets', icon: 'server-2', permission: 'assets.read' },
      { path: '/accounts', title: 'page.accounts', icon: 'key', permission: 'accounts.read' },
      { path: '/check-outs', title: 'page.check-outs', icon: 'lock-open', permission: 'check-outs.read' },
    ],
  },
  {
    title: 'area.people', pages: [
      { path: '/users', title: 'page.users', icon: 'users', permission: 'users.read' },
      { path: '/groups', title: 'page.groups', icon: 'users-group', permission: 'groups.read' },
      { path: '/roles', title: 'page.roles', icon: 'user-shield', permission: 'roles.read' },
      { path: '/duties', title: 'page.duties', icon: 'scale', permission: 'duties.read' },
      { path: '/organizations', title: 'page.organizations', icon: 'building', permission: 'organizations.read' },
      { path: '/identity-providers', title: 'page.identity-providers', icon: 'id-badge-2', permission: 'identity-providers.read' },
      { path: '/sms-gateways', title: 'page.sms-gateways', icon: 'device-mobile-message', permission: 'identity-providers.read' },
      { path: '/face-component', title: 'page.face-component', icon: 'face-id', permission: 'identity-providers.read' },
      { path: '/online', title: 'page.online', icon: 'activity', permission: 'online.read' },
      { path: '/sign-in-rules', title: 'page.sign-in-rules', icon: 'login', permission: 'sign-in-rules.read' },
      { path: '/factor-rules', title: 'page.factor-rules', icon: 'fingerprint', permission: 'sign-in-rules.read' },
      { path: '/sign-in-links', title: 'page.sign-in-links', icon: 'external-link', permission: 'sign-in-links.read' },
      { path: '/sign-in-locks', title: 'page.sign-in-locks', icon: 'lock', permission: 'sign-in-locks.read' },
    ],
  },
  {
    title: 'area.access', pages: [
      { path: '/grants', title: 'page.grants', icon: 'shield-check', permission: 'grants.read' },
      { path: '/tickets', title: 'page.tickets', icon: 'list-check', permission: 'tickets.read' },
      { path: '/break-glass', title: 'page.break-glass', icon: 'alert-triangle', permission: 'tickets.read' },
      { path: '/flows', title: 'page.flows', icon: 'git-branch', permission: 'flows.read' },
      { path: '/request-templates', title: 'page.request-templates', icon: 'clipboard', permission: 'flows.read' },
    ],
  },
  {
    title: 'area.audit', pages: [
      { path: '/sessions', title: 'page.sessions', icon: 'video', permission: 'sessions.read' },
      { path: '/commands', title: 'page.commands', icon: 'terminal-2', permission: 'commands.read' },
      { path: '/audit', title: 'page.audit', icon: 'file-certificate', permission: 'audit.read' },
    ],
  },
  {
    title: 'area.settings', pages: [
      { path: '/settings/general', title: 'page.settings.general', icon: 'adjustments-horizontal', permission: 'organization-settings.read' },
      { path: '/settings/branding', title: 'page.settings.branding', icon: 'palette', permission: 'settings.read' },
      { path: '/settings/security', title: 'page.settings.security', icon: 'shield-lock', permission: 'organization-settings.read' },
      { path: '/settings/recording', title: 'page.settings.recording', icon: 'player-record', permission: 'organization-settings.read' },
      { path: '/settings/mail', title: 'page.settings.mail', icon: 'mail', permission: 'mail-server.read' },
      { path: '/settings/notices', title: 'page.settings.notices', icon: 'bell-ringing', permission: 'notices.read' },
      { path: '/announcements', title: 'page.announcements', icon: 'speakerphone', permission: 'notices.read' },
      { path: '/settings/keys', title: 'page.keys', icon: 'certificate', permission: 'keys.read' },
      { path: '/messengers', title: 'page.messengers', icon: 'message', permission: 'messenger-channels.read' },
      { path: '/webhooks', title: 'page.webhooks', icon: 'webhook', permission: 'webhooks.read' },
      { path: '/support-access', title: 'page.support', icon: 'lifebuoy', permission: 'support.read' },
      { path: '/egress', title: 'page.egress', icon: 'world-share', permission: 'webhooks.read' },
      { path: '/gateway-rules', title: 'page.rules', icon: 'route', permission: 'endpoints.read' },
      { path: '/usage', title: 'page.usage', icon: 'chart-bar', permission: 'usage.read' },
    ],
  },
];

/** The areas and pages that this person may see. */
export const navigation = (): NavArea[] => visible(areas);

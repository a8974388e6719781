import { visible, type NavArea } from '../app/areas';

const areas: NavArea[] = [
  {
    title: 'area.customers', pages: [
      { path: '/tenants', title: 'page.tenants', icon: 'building', permission: 'provider.tenants.read' },
      { path: '/sign-ups', title: 'page.sign-ups', icon: 'inbox', permission: 'provider.tenants.read' },
      { path: '/support', title: 'page.support', icon: 'shield-lock', permission: 'provider.support' },
      { path: '/announcements', title: 'page.announcements', icon: 'bell', permission: 'provider.announcements' },
    ],
  },
  {
    title: 'area.installation', pages: [
      { path: '/workers', title: 'page.workers', icon: 'server-2', permission: 'provider.workers' },
      { path: '/gateway-rules', title: 'page.rules', icon: 'route', permission: 'provider.workers' },
      { path: '/service-levels', title: 'page.levels', icon: 'clock', permission: 'provider.service-levels' },
    ],
  },
  {
    title: 'area.provider', pages: [
      { path: '/operators', title: 'page.operators', icon: 'users', permission: 'provider.operators' },
      { path: '/audit', title: 'page.audit', icon: 'file-certificate', permission: 'provider.audit' },
    ],
  },
  {
    title: 'area.money', pages: [
      { path: '/plans', title: 'page.plans', icon: 'list-check', permission: 'provider.plans.read' },
      { path: '/usage', title: 'page.tenant-usage', icon: 'history', permission: 'provider.usage' },
      { path: '/invoices', title: 'page.invoices', icon: 'file-certificate', permission: 'provider.invoices.read' },
    ],
  },
];

/** The areas and pages of the console that this person may see. */
export const navigation = (): NavArea[] => visible(areas);

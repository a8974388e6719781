import { visible, type NavArea } from '../app/areas';

const areas: NavArea[] = [
  {
    title: 'area.customers', pages: [
      { path: '/tenants', title: 'page.tenants', icon: 'building', permission: 'provider.tenants.read' },
      { path: '/support', title: 'page.support', icon: 'shield-lock', permission: 'provider.support' },
    ],
  },
  {
    title: 'area.installation', pages: [
      { path: '/service-levels', title: 'page.levels', icon: 'clock', permission: 'provider.service-levels' },
    ],
  },
  {
    title: 'area.provider', pages: [
      { path: '/operators', title: 'page.operators', icon: 'users', permission: 'provider.operators' },
      { path: '/audit', title: 'page.audit', icon: 'file-certificate', permission: 'provider.audit' },
    ],
  },
];

/** The areas and pages of the console that this person may see. */
export const navigation = (): NavArea[] => visible(areas);

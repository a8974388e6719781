import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { lookAt, organization } from '../core/organization';
import { useQuery } from '../core/query';
import { route } from '../core/router';
import { may } from '../core/session';
import type { List, Organization } from '../api/types';
import { branches, flat } from '../pages/organizations/tree';
import { Menu } from '../ui/Menu';

/** Which organization everything on screen is of, for those who may see more than one. */
export const OrganizationMenu = component(() => {
  const answer = useQuery<List<Organization>>(() => (may('organizations.read') ? '/organizations' : null));
  // A page about one thing may be about something that lies elsewhere.
  const look = (id: string | null) => lookAt(id, Object.keys(route.params).length ? '/' : location.pathname);
  return () => {
    const items = answer.data?.items ?? [];
    if (items.length < 2) return null;
    const tops = branches(items);
    const current = items.find((item) => item.id === organization());
    return (
      <span class="organization-menu">
        <Menu
          label={t('organization.switch')} icon="building" text={current?.name ?? t('organization.all')} quiet align="start"
          items={[
            { text: t('organization.all'), checked: !current, onPick: () => look(null) },
            ...flat(tops).filter((branch) => branch.depth > 0 || tops.length > 1).map((branch) => ({
              text: `${'\u2003'.repeat(Math.max(0, branch.depth - 1))}${branch.organization.name}`, checked: branch.organization.id === organization(), onPick: () => look(branch.organization.id),
            })),
          ]}
        />
      </span>
    );
  };
});

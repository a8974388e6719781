import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { useQuery } from '../core/query';
import { may } from '../core/session';
import type { UnreadNotices } from '../api/types';
import { Icon } from '../ui/Icon';
import { Menu, type MenuItem } from '../ui/Menu';
import { open, readAll } from '../pages/notices/open';

const shown = 6;

/** How many notices are not read, and the newest of them. */
export const NoticeBell = component(() => {
  const answer = useQuery<UnreadNotices>(() => (may('profile.use') ? '/my/notices/unread' : null));
  const count = () => answer.data?.count ?? 0;
  const items = (): MenuItem[] => [
    ...(answer.data?.newest ?? []).slice(0, shown).map((notice) => ({ text: notice.title, icon: notice.isRead ? 'check' as const : 'message' as const, onPick: () => open(notice) })),
    { text: t('notices.read-all'), icon: 'circle-check', hidden: count() === 0, keepOpen: true, onPick: () => void readAll() },
    { text: t('notices.all'), icon: 'list-check', to: '/notices' },
  ];
  return () => may('profile.use') && (
    <Menu
      label={count() ? t('notices.unread', { count: count() }) : t('page.notices')} items={items()}
      button={() => <span class="bell"><Icon name="bell" />{count() > 0 && <span class="count" data-testid="unread-notices">{count() > 99 ? '99+' : count()}</span>}</span>}
    />
  );
});

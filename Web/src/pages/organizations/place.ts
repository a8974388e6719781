import { organization } from '../../core/organization';
import { useQuery, type Answer } from '../../core/query';
import { may } from '../../core/session';
import type { List, Organization } from '../../api/types';

export interface Place { isWhole(): boolean; tree: Answer<List<Organization>>; part(): Organization | undefined }

/** What a page is about: the organization that is looked at, or the one that somebody administers who administers nothing else; otherwise the company as a whole. */
export function usePlace(): Place {
  const isWhole = () => !organization() && may('settings.read');
  const tree = useQuery<List<Organization>>(() => (isWhole() || !may('organizations.read') ? null : '/organizations'));
  const part = () => tree.data?.items.find((item) => item.id === organization()) ?? tree.data?.items[0];
  return { isWhole, tree, part };
}

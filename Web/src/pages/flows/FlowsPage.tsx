import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import type { Flow, List } from '../../api/types';
import { EmptyState, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { PathPreview } from '../tickets/ApprovalPath';
import { FlowForm } from './FlowForm';

/** How requests are decided. */
export const FlowsPage = component(() => {
  const answer = useQuery<List<Flow>>(() => '/flows');
  const editing = shallowRef<Flow | 'new' | null>(null);
  const create = () => { editing.value = 'new'; };
  const line = (flow: Flow) => (
    <li key={flow.id}>
      <div class="grow stack">
        <div class="row"><h2>{flow.name}</h2>{flow.isDefault && <Tag tone="good">{t('flow.default')}</Tag>}</div>
        <PathPreview levels={flow.levels.map((level) => ({ name: level.name, approvers: level.approvers.map((approver) => approver.name) }))} />
      </div>
      {may('flows.manage') && <Button icon="edit" onClick={() => { editing.value = flow; }}>{t('edit')}</Button>}
    </li>
  );
  return () => (
    <Page title={t('page.flows')} lead={t('flows.lead')} actions={() => may('flows.manage') && <Button kind="primary" icon="plus" onClick={create}>{t('flow.new')}</Button>}>
      <Loaded answer={answer} show={(page: List<Flow>) => page.items.length ? <ul class="list roomy">{page.items.map(line)}</ul> : (
        <EmptyState icon="git-branch" title={t('flows.empty')} text={t('flows.empty.text')} action={may('flows.manage') ? t('flow.new') : undefined} onAction={create} />
      )} />
      {editing.value && <FlowForm flow={editing.value === 'new' ? null : editing.value} first={answer.data?.items.length === 0} onClose={() => { editing.value = null; }} />}
    </Page>
  );
});

import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { may } from '../../core/session';
import { api } from '../../core/client';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import type { Flow, Flows } from '../../api/types';
import { EmptyState, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Loaded } from '../../ui/Loaded';
import { Menu } from '../../ui/Menu';
import { Page } from '../../ui/Page';
import { PathPreview } from '../tickets/ApprovalPath';
import { ApprovalRulesSection } from './ApprovalRules';
import { FlowForm } from './FlowForm';
import { TryFlows } from './TryFlows';
import { approvalRulesPath, approverName, conditionWords, flowsPath } from './flows';

/** How requests are decided: organization by organization, in the order in which flows are tried. */
export const FlowsPage = component(() => {
  const answer = useQuery<Flows>(() => flowsPath);
  const editing = shallowRef<Flow | 'new' | null>(null);
  const create = () => { editing.value = 'new'; };
  const remove = (flow: Flow) => confirm({
    title: t('flow.delete.title', { name: flow.name }), text: t('flow.delete.text'), action: t('delete'), danger: true,
    work: async () => { await api.delete(at`/flows/${flow.id}`); invalidate(flowsPath, approvalRulesPath); },
  });
  const line = (flow: Flow, number: number) => (
    <li key={flow.id}>
      <span class="count" aria-hidden="true">{flow.enabled ? number : '–'}</span>
      <div class="grow stack">
        <div class="row">
          <h3>{flow.name}</h3>
          {flow.isDefault && <Tag tone="good">{t('flow.default')}</Tag>}{!flow.enabled && <Tag tone="wait">{t('state.disabled')}</Tag>}
          {flow.approvesLowRisk && <Tag>{t('flow.approves-low-risk')}</Tag>}{flow.parallel && <Tag>{t('flow.parallel')}</Tag>}
        </div>
        <span class="chips">{conditionWords(flow).map((words) => <Tag key={words}>{words}</Tag>)}</span>
        <PathPreview parallel={flow.parallel} levels={flow.levels.map((level) => ({ ...level, approvers: level.approvers.map(approverName) }))} />
      </div>
      {may('flows.manage') && <Menu label={t('rule.actions', { name: flow.name })} icon="dots" quiet items={[
        { text: t('edit'), icon: 'edit', onPick: () => { editing.value = flow; } }, { text: t('delete'), icon: 'trash', danger: true, onPick: () => void remove(flow) },
      ]} />}
    </li>
  );
  const show = (flows: Flows) => {
    const places = [...new Map(flows.items.map((flow) => [flow.organization, flow.organizationName]))];
    return [
      places.map(([id, name]) => {
        const own = flows.items.filter((flow) => flow.organization === id);
        return [
          (places.length > 1 || flows.inherited.length > 0) && <h2>{name}</h2>,
          <ol class="list roomy section" key={id} aria-label={t('flow.list', { name })}>{own.map((flow, index) => line(flow, index + 1))}</ol>,
        ];
      }),
      !flows.items.length && <EmptyState icon="git-branch" title={t('flows.empty')} text={t(flows.inherited.length ? 'flows.empty.part' : 'flows.empty.text')} action={may('flows.manage') ? t('flow.new') : undefined} onAction={create} />,
      flows.inherited.length > 0 && [
        <h2>{t('flow.inherited')}</h2>,
        <ol class="list section" aria-label={t('flow.inherited')}>{flows.inherited.map((flow) => <li key={`${flow.organizationName} ${flow.name}`}><span class="grow">{flow.name}</span>{flow.isDefault && <Tag>{t('flow.default')}</Tag>}<small>{flow.organizationName}</small></li>)}</ol>,
      ],
      <ApprovalRulesSection />,
      may('users.read') && may('assets.read') && (flows.items.length > 0 || flows.inherited.length > 0) && <TryFlows />,
      editing.value && <FlowForm flow={editing.value === 'new' ? null : editing.value} first={flows.items.length === 0 && flows.inherited.length === 0} onClose={() => { editing.value = null; }} />,
    ];
  };
  return () => (
    <Page title={t('page.flows')} lead={t('flows.lead')} actions={() => may('flows.manage') && <Button kind="primary" icon="plus" disabled={!answer.data} onClick={create}>{t('flow.new')}</Button>}>
      <Loaded answer={answer} show={(flows: Flows) => show(flows) as never} />
    </Page>
  );
});

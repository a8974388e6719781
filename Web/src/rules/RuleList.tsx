import { shallowRef } from 'vue';
import { component, h, view } from '../core/jsx';
import { act } from '../core/act';
import { t } from '../core/i18n';
import { labelText } from '../core/labels';
import { useQuery } from '../core/query';
import type { EndpointRule, EndpointRules, List, Node } from '../api/types';
import { nodePath } from '../pages/assets/nodes';
import { EmptyState, Tag } from '../ui/bits';
import { Button } from '../ui/Button';
import { confirm } from '../ui/confirm';
import { Loaded } from '../ui/Loaded';
import { Page } from '../ui/Page';
import { RuleActions } from './RuleActions';
import { RuleForm } from './RuleForm';
import { moved, replaceRules, rulesPath } from './rules';

interface RuleListProps {
  mayChange: boolean;
  /** Whether they are a company's, which has folders and labels. */
  ofCompany: boolean;
  lead: string;
}

/** By which rules people are led to gateways: the first one that fits decides. */
export const RuleListPage = component<RuleListProps>((props) => {
  const answer = useQuery<EndpointRules>(() => rulesPath);
  const folders = useQuery<List<Node>>(() => (props.ofCompany ? '/nodes' : null));
  const editing = shallowRef<number | null>(null);
  const rules = () => answer.data?.rules ?? [];
  const nodes = () => (props.ofCompany ? folders.data?.items ?? [] : null);
  const add = () => { editing.value = rules().length; };
  const move = (from: number, to: number) => void act(() => replaceRules(rules(), moved(rules(), from, to)), { changes: [rulesPath] });
  const remove = (index: number) => confirm({
    title: t('rule.remove.title', { name: rules()[index]?.name ?? '' }), text: t('rule.remove.text'), action: t('remove'), danger: true,
    work: () => replaceRules(rules(), rules().filter((_, place) => place !== index)),
  });
  const line = (rule: EndpointRule, index: number) => (
    <li key={`${index} ${rule.name}`}>
      <span class="count" aria-hidden="true">{index + 1}</span>
      <div class="grow"><b>{rule.name}</b><RuleWords rule={rule} nodes={nodes() ?? []} /></div>
      {props.mayChange && <RuleActions name={rule.name} index={index} count={rules().length} onMove={(to) => move(index, to)} onEdit={() => { editing.value = index; }} onRemove={() => void remove(index)} />}
    </li>
  );
  return () => (
    <Page title={t('page.rules')} lead={props.lead} narrow actions={() => props.mayChange && <Button kind="primary" icon="plus" disabled={!answer.data} onClick={add}>{t('rule.new')}</Button>}>
      <Loaded answer={answer} show={(found: EndpointRules) => found.rules.length ? <ol class="list roomy" aria-label={t('page.rules')}>{found.rules.map(line)}</ol> : (
        <EmptyState icon="route" title={t('rules.empty')} text={t(props.ofCompany ? 'rules.empty.company' : 'rules.empty.provider')} action={props.mayChange ? t('rule.new') : undefined} onAction={add} />
      )} />
      {editing.value !== null && <RuleForm rules={rules()} index={editing.value} nodes={nodes()} onClose={() => { editing.value = null; }} />}
    </Page>
  );
});

/** What must hold, and where it leads, in a line each. */
const RuleWords = view<{ rule: EndpointRule; nodes: Node[] }>((props) => {
  const { rule } = props;
  const node = props.nodes.find((one) => one.id === rule.node);
  const conditions = [
    ...rule.clientNetworks.map((network) => t('rule.from', { network })), ...rule.assetNetworks.map((network) => t('rule.to', { network })),
    ...(rule.node ? [t('rule.in', { name: node ? nodePath(node, props.nodes) : rule.node })] : []), ...(rule.label ? [t('rule.labelled', { label: labelText(rule.label) })] : []),
  ];
  const places = [...rule.pools.map((pool) => t('rule.pool', { pool })), ...(rule.region ? [t('rule.in-region', { region: rule.region })] : [])];
  return [
    <div class="row"><small>{t('rule.when')}</small><span class="chips">{conditions.length ? conditions.map((words) => <Tag key={words}>{words}</Tag>) : <Tag tone="wait">{t('rule.always')}</Tag>}</span></div>,
    <div class="row"><small>{t('rule.leads')}</small><span class="chips">{places.map((words) => <Tag key={words} tone="good">{words}</Tag>)}</span></div>,
  ];
});

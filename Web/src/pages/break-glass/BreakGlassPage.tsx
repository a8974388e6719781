import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { actionName } from '../../core/names';
import { at } from '../../core/paths';
import { useQuery } from '../../core/query';
import { may } from '../../core/session';
import { duration } from '../../core/time';
import type { BreakGlassRule, BreakGlassRules, BreakGlassUse, Group, List, Organization } from '../../api/types';
import { EmptyState, Person, RelativeTime, Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Menu } from '../../ui/Menu';
import { Page } from '../../ui/Page';
import { Tabs, currentTab } from '../../ui/Tabs';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { withFirst } from '../tickets/ActionsField';
import { RuleForm, replaceRules } from './RuleForm';

const outcomes = { accepted: 'break-glass.accepted', objected: 'break-glass.objected' } as const;

function review(use: BreakGlassUse) {
  if (use.outcome) return <span><Tag tone={use.outcome === 'accepted' ? 'good' : 'bad'}>{t(outcomes[use.outcome])}</Tag> {use.reviewer?.name}</span>;
  if (new Date(use.reviewDueAt).getTime() < Date.now()) return <Tag tone="bad">{t('break-glass.overdue')}</Tag>;
  return <span><Tag>{t('break-glass.waits')}</Tag> <RelativeTime time={use.reviewDueAt} /></span>;
}

/** Every time that somebody took emergency access, and who may. */
export const BreakGlassPage = component(() => {
  const tabs = () => [{ id: 'uses', text: t('break-glass.uses') }, ...(may('break-glass.read') ? [{ id: 'rules', text: t('break-glass.rules') }] : [])];
  const columns: Column<BreakGlassUse>[] = [
    { id: 'number', title: 'break-glass.use', kind: 'main', cell: (use) => [<Link to={at`/tickets/${use.id}`}>#{use.number}</Link>, <small class="lines" title={use.reason}>{use.reason}</small>], text: (use) => String(use.number) },
    { id: 'user', title: 'ticket.requester', cell: (use) => <Person name={use.user.name} />, text: (use) => use.user.name },
    { id: 'assets', title: 'ticket.assets', cell: (use) => <span class="clip narrow" title={use.assets.map((one) => one.name).join(', ')}>{use.assets.map((one) => one.name).join(', ')}</span>, text: (use) => use.assets.map((one) => one.name).join(' ') },
    { id: 'used', title: 'break-glass.when', kind: 'tight', sort: 'usedAt', cell: (use) => <RelativeTime time={use.usedAt} />, text: (use) => use.usedAt },
    { id: 'ends', title: 'grant.ends', kind: 'tight', cell: (use) => (use.isOpen ? <RelativeTime time={use.endsAt} /> : t('break-glass.over')), text: (use) => use.endsAt },
    { id: 'sessions', title: 'page.sessions', kind: 'tight', cell: (use) => (may('sessions.read') ? <Link to={`/sessions?user=${encodeURIComponent(use.user.id)}`}>{String(use.sessions)}</Link> : String(use.sessions)), text: (use) => String(use.sessions) },
    { id: 'commands', title: 'page.commands', kind: 'tight', cell: (use) => String(use.commands), text: (use) => String(use.commands) },
    { id: 'review', title: 'break-glass.review', cell: review, text: (use) => use.outcome ?? '' },
    { id: 'rule', title: 'break-glass.rule', off: true, cell: (use) => use.rule, text: (use) => use.rule },
  ];
  return () => (
    <Page title={t('page.break-glass')} lead={t('break-glass.lead')}>
      <Tabs tabs={tabs()} label={t('page.break-glass')} />
      {currentTab(tabs()) === 'rules' ? <Rules /> : <ResourceTable<BreakGlassUse>
        id="break-glass" path="/break-glass" label={t('page.break-glass')} columns={columns} searchBy={['reason']}
        empty={() => <EmptyState icon="shield-check" title={t('break-glass.empty')} text={t('break-glass.empty.text')} action={may('break-glass.read') ? t('break-glass.rules.show') : undefined} to="/break-glass?tab=rules" />}
      />}
    </Page>
  );
});

const Rules = component(() => {
  const answer = useQuery<BreakGlassRules>(() => '/break-glass-rules');
  const groups = useQuery<List<Group>>(() => (may('groups.read') ? '/groups?limit=200' : null));
  const names = () => new Map((groups.data?.items ?? []).map((group) => [group.id, group.name]));
  const organizations = useQuery<List<Organization>>(() => (may('organizations.read') ? '/organizations' : null));
  const place = (id: string) => organizations.data?.items.find((one) => one.id === id)?.name ?? id;
  const editing = shallowRef<number | null>(null);
  const remove = (seen: BreakGlassRules, index: number) => confirm({
    title: t('rule.remove.title', { name: seen.rules[index]?.name ?? '' }), text: t('break-glass.rule.remove'), action: t('remove'), danger: true,
    work: () => replaceRules(seen, seen.rules.filter((_, place) => place !== index)),
  });
  const words = (rule: BreakGlassRule) => [
    rule.groups.map((id) => names().get(id) ?? id).join(', '), ...(rule.organization ? [place(rule.organization)] : []), rule.labels.length ? rule.labels.map((label) => `${label.key}=${label.value}`).join(', ') : t('break-glass.every-asset'), withFirst(rule.actions).map(actionName).join(', '), duration(rule.maxSeconds),
  ].join(' · ');
  const add = () => { editing.value = answer.data?.rules.length ?? 0; };
  return () => (
    <Loaded answer={answer} show={(seen: BreakGlassRules) => (
      <Section title={t('break-glass.rules.show')} actions={() => may('break-glass.manage') && seen.rules.length > 0 && <Button kind="primary" icon="plus" onClick={add}>{t('break-glass.rule.new')}</Button>}>
        {seen.rules.length ? (
          <ol class="list roomy section" aria-label={t('break-glass.rules')}>{seen.rules.map((rule, index) => (
            <li key={`${index} ${rule.name}`}>
              <div class="grow"><b>{rule.name}</b><div><small>{words(rule)}</small></div></div>
              {may('break-glass.manage') && <Menu label={t('rule.actions', { name: rule.name })} icon="dots" quiet items={[
                { text: t('edit'), icon: 'edit', onPick: () => { editing.value = index; } }, { text: t('remove'), icon: 'trash', danger: true, onPick: () => void remove(seen, index) },
              ]} />}
            </li>
          ))}</ol>
        ) : <EmptyState icon="shield-lock" title={t('break-glass.rules.empty')} text={t('break-glass.rules.empty.text')} action={may('break-glass.manage') ? t('break-glass.rule.new') : undefined} onAction={add} />}
        {editing.value !== null && <RuleForm seen={seen} index={editing.value} names={names()} onClose={() => { editing.value = null; }} />}
      </Section>
    )} />
  );
});

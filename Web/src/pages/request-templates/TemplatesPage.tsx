import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { labelText } from '../../core/labels';
import { actionName } from '../../core/names';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { duration } from '../../core/time';
import { toast } from '../../core/toasts';
import type { List, OfferedTemplate, RequestTemplate } from '../../api/types';
import { EmptyState, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Menu } from '../../ui/Menu';
import { Page } from '../../ui/Page';
import { firstAction } from '../tickets/ActionsField';
import { kindName } from '../tickets/KindFacts';
import { hasTargets } from '../tickets/request';
import { TemplateForm, templatesPath } from './TemplateForm';

const remove = (one: RequestTemplate) => confirm({
  title: t('templates.remove.title', { name: one.template.name }), text: t('templates.remove.text'), action: t('delete'), danger: true,
  work: async () => { await api.delete(at`/request-templates/${one.id}`); invalidate(templatesPath, '/my/request-templates'); toast(t('templates.removed')); },
});

/** What a template is about, in a few words. */
function about(one: RequestTemplate): string {
  const { template } = one;
  const what = [...one.assets, ...one.nodes].map((thing) => thing.name || t('templates.gone')).concat(template.labels.map(labelText)).join(', ');
  if (!hasTargets(template.kind)) return '';
  const asked = [template.accounts.join(', '), what].filter(Boolean).join(' @ ');
  const more = template.kind === 'access' ? template.actions.filter((one) => one !== firstAction).map(actionName).join(', ') : '';
  return [asked, more, duration(template.durationSeconds)].filter(Boolean).join(' · ');
}

/** Requests that are half filled in, for those who ask for the same again and again. */
export const TemplatesPage = component(() => {
  const answer = useQuery<List<RequestTemplate>>(() => templatesPath);
  const offered = useQuery<List<OfferedTemplate>>(() => (may('tickets.open') ? '/my/request-templates' : null));
  // Whoever looks after a template need not be in a group that it is for.
  const isMine = (one: RequestTemplate) => offered.data?.items.some((other) => other.id === one.id) ?? false;
  const editing = shallowRef<RequestTemplate | 'new' | null>(null);
  const create = () => { editing.value = 'new'; };
  const line = (one: RequestTemplate, many: boolean) => (
    <li key={one.id}>
      <div class="grow stack">
        <div class="row">
          <h3>{one.template.name}</h3><Tag>{kindName(one.template.kind)}</Tag>
          {!one.template.enabled && <Tag tone="wait">{t('state.disabled')}</Tag>}{many && <Tag>{one.organizationName}</Tag>}
        </div>
        {one.template.note && <span>{one.template.note}</span>}
        {about(one) && <small class="faint">{about(one)}</small>}
        <small class="faint">{t('templates.for', { names: one.groups.length ? one.groups.map((group) => group.name || t('templates.gone')).join(', ') : t('templates.everybody') })}</small>
      </div>
      <div class="row">
        {isMine(one) && <Link class="button" to={at`/requests?new=1&template=${one.id}`}>{t('templates.use')}</Link>}
        {may('flows.manage') && <Button icon="edit" title={t('templates.edit', { name: one.template.name })} onClick={() => { editing.value = one; }}>{t('edit')}</Button>}
        {may('flows.manage') && <Menu label={t('table.actions')} icon="dots" items={[{ text: t('delete'), icon: 'trash', danger: true, onPick: () => void remove(one) }]} />}
      </div>
    </li>
  );
  const show = (list: List<RequestTemplate>) => {
    if (!list.items.length) return <EmptyState icon="clipboard" title={t('templates.empty')} text={t('templates.empty.text')} action={may('flows.manage') ? t('templates.new') : undefined} onAction={create} />;
    const many = new Set(list.items.map((one) => one.organization)).size > 1;
    return <ul class="list roomy section" aria-label={t('page.request-templates')}>{list.items.map((one) => line(one, many))}</ul>;
  };
  return () => (
    <Page title={t('page.request-templates')} lead={t('templates.lead')} actions={() => may('flows.manage') && <Button kind="primary" icon="plus" disabled={!answer.data} onClick={create}>{t('templates.new')}</Button>}>
      <Loaded answer={answer} show={show} />
      {editing.value && <TemplateForm template={editing.value === 'new' ? null : editing.value} onClose={() => { editing.value = null; }} />}
    </Page>
  );
});

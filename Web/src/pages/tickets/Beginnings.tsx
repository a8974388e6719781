import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { useQuery } from '../../core/query';
import { may } from '../../core/session';
import { toastProblem } from '../../core/toasts';
import type { List, OfferedTemplate, PeerAsset } from '../../api/types';
import { Tag } from '../../ui/bits';
import { Button, IconButton } from '../../ui/Button';
import { takePeer, takeTemplate, type RequestForm } from './request';

/** How a request can begin without being written: a template, or what others in one's groups have. */
export const Beginnings = component<{ form: RequestForm; withPeers: boolean }>((props) => {
  const templates = useQuery<List<OfferedTemplate>>(() => '/my/request-templates');
  const peers = useQuery<List<PeerAsset>>(() => (props.withPeers && may('assets.requestable') ? '/my/peer-access' : null));
  const take = async (template: OfferedTemplate) => {
    try {
      takeTemplate(props.form, await api.get<OfferedTemplate>(at`/my/request-templates/${template.id}`));
    } catch (error) {
      toastProblem(error);
    }
  };
  const forget = (template: OfferedTemplate) => act(() => api.delete(at`/my/request-templates/${template.id}`), { changes: ['/my/request-templates'], done: t('templates.forgotten') });
  const isTaken = (peer: PeerAsset) => props.form.values.assets.some((one) => one.id === peer.id) && peer.accounts.every((one) => props.form.values.accounts.includes(one));
  // What a template finds by folders and labels is known when it is used.
  const about = (one: OfferedTemplate) =>
    [[...one.assets.map((asset) => asset.name), ...(one.findsMore ? [t('templates.finds')] : [])].join(', '), one.accounts.join(', ')].filter(Boolean).join(' · ');
  return () => {
    const offered = templates.data?.items ?? [];
    const others = peers.data?.items ?? [];
    return (
      <div class="beginnings">
        {offered.length > 0 && (
          <details class="fieldset">
            <summary>{t('templates.begin', { count: offered.length })}</summary>
            <ul class="list">{offered.map((one) => (
              <li key={one.id}>
                <div class="grow"><b>{one.name}</b> {one.isOwn && <Tag>{t('templates.own')}</Tag>}<small>{one.note || about(one)}</small></div>
                {one.isOwn && <IconButton icon="trash" label={t('templates.forget', { name: one.name })} onClick={() => void forget(one)} />}
                <Button small title={t('templates.take', { name: one.name })} onClick={() => void take(one)}>{t('templates.use')}</Button>
              </li>
            ))}</ul>
          </details>
        )}
        {others.length > 0 && (
          <details class="fieldset">
            <summary>{t('peers.title', { count: others.length })}</summary>
            <p class="faint">{t('peers.text')}</p>
            <ul class="list">{others.map((one) => (
              <li key={one.id}>
                <div class="grow"><b>{one.name}</b>{one.accounts.length > 0 && <small>{one.accounts.join(', ')}</small>}</div>
                <Button small icon={isTaken(one) ? 'check' : 'plus'} disabled={isTaken(one)} title={t('peers.take', { name: one.name })} onClick={() => takePeer(props.form, one)}>{t('peers.add')}</Button>
              </li>
            ))}</ul>
          </details>
        )}
      </div>
    );
  };
});

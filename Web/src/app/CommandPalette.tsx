import { computed, ref, watch } from 'vue';
import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { navigate } from '../core/router';
import { may } from '../core/session';
import { useQuery } from '../core/query';
import { at, writeQuery } from '../core/paths';
import type { Asset, Page, ReachableAsset, RequestableAsset, Ticket, User } from '../api/types';
import { Dialog } from '../ui/Dialog';
import { Icon, type IconName } from '../ui/Icon';
import { leave } from './leave';
import { closePalette } from './palette';
import { navigation } from './navigation';
import { mayAskForSecrets } from '../pages/accounts/checkOuts';
import { isInBasket, putAndSay } from '../pages/tickets/basket';
import { secretRequest } from '../pages/tickets/request';
import { connect } from '../terminal/workspace';

interface Entry { id: string; text: string; note: string; icon: IconName; run: () => void }

/** Goes to any page, thing or person, connects, and starts a request: by keys alone. */
export const CommandPalette = component(() => {
  const words = ref('');
  const asked = ref('');
  const active = ref(0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(() => words.value, (text) => { active.value = 0; clearTimeout(timer); timer = setTimeout(() => { asked.value = text.trim(); }, 150); });
  const search = (permission: string, path: string, columns: string[]) => () =>
    asked.value && may(permission) ? path + writeQuery({ limit: 6, filter: columns.map((column) => `${column} co ${JSON.stringify(asked.value)}`).join(' or ') }) : null;
  const assets = useQuery<Page<Asset>>(search('assets.read', '/assets', ['name', 'address']));
  const users = useQuery<Page<User>>(search('users.read', '/users', ['name', 'login']));
  const mine = useQuery<Page<ReachableAsset>>(() => (may('assets.mine') ? '/my/assets?limit=100' : null));
  const requestable = search('assets.requestable', '/requestable-assets', ['name']);
  const askable = useQuery<Page<RequestableAsset>>(() => (may('tickets.open') ? requestable() : null));
  const tickets = useQuery<Page<Ticket>>(() => (may('tickets.open') ? '/my/tickets?limit=50' : null));

  const go = (to: string) => () => { closePalette(); void navigate(to); };
  const entries = computed<Entry[]>(() => {
    const needle = words.value.trim().toLowerCase();
    const has = (...texts: string[]) => !needle || texts.some((text) => text.toLowerCase().includes(needle));
    const pages = navigation().flatMap((area) => area.pages.map((page) => ({ id: page.path, text: t(page.title), note: t(area.title), icon: page.icon, run: go(page.path) })));
    const reach = (needle ? mine.data?.items ?? [] : []).flatMap((asset) => asset.accounts.map((account) => ({
      id: `connect ${asset.id} ${account.name}`, text: t('palette.connect', { account: account.name, asset: asset.name }), note: asset.address, icon: 'terminal-2' as const,
      run: () => { closePalette(); connect(asset, account.name); },
    })));
    const secrets = (needle && mayAskForSecrets() ? mine.data?.items ?? [] : []).flatMap((asset) => asset.accounts.filter((account) => account.hasSecret).map((account) => ({
      id: `secret ${asset.id} ${account.name}`, text: t('check-out.ask.of', { name: `${account.name}@${asset.name}` }), note: t('page.requests'), icon: 'key' as const, run: go(secretRequest(asset, account.name)),
    })));
    return [
      ...reach.filter((entry) => has(entry.text, entry.note)).slice(0, 6),
      ...pages.filter((entry) => has(entry.text, entry.note)),
      ...(may('tickets.open') && has(t('requests.new')) ? [{ id: 'request', text: t('requests.new'), note: t('page.requests'), icon: 'plus' as const, run: go('/requests?new=1') }] : []),
      ...(assets.data?.items ?? []).map((asset) => ({ id: asset.id, text: asset.name, note: asset.address, icon: 'server-2' as const, run: go(at`/assets/${asset.id}`) })),
      ...(askable.data?.items ?? []).filter((asset) => !isInBasket(asset.id)).map((asset) => ({ id: `ask ${asset.id}`, text: t('basket.put-name', { name: asset.name }), note: t('page.requests'), icon: 'ticket' as const, run: () => { closePalette(); putAndSay([asset]); } })),
      ...secrets.filter((entry) => has(entry.text)).slice(0, 6),
      ...(users.data?.items ?? []).map((user) => ({ id: user.id, text: user.name, note: user.login, icon: 'user' as const, run: go(at`/users/${user.id}`) })),
      ...(needle ? tickets.data?.items ?? [] : []).filter((ticket) => has(`#${ticket.number}`, ticket.reason)).slice(0, 5)
        .map((ticket) => ({ id: ticket.id, text: `#${ticket.number} ${ticket.reason}`, note: t('page.requests'), icon: 'ticket' as const, run: go(at`/requests/${ticket.id}`) })),
      ...(has(t('page.profile')) ? [{ id: 'profile', text: t('page.profile'), note: '', icon: 'user' as const, run: go('/profile') }] : []),
      ...(has(t('sign-out')) ? [{ id: 'sign-out', text: t('sign-out'), note: '', icon: 'logout' as const, run: () => { closePalette(); void leave(); } }] : []),
    ];
  });
  const onKeydown = (event: KeyboardEvent) => {
    const last = entries.value.length - 1;
    if (event.key === 'ArrowDown') active.value = Math.min(last, active.value + 1);
    else if (event.key === 'ArrowUp') active.value = Math.max(0, active.value - 1);
    else if (event.key === 'Enter') entries.value[active.value]?.run();
    else return;
    event.preventDefault();
    setTimeout(() => document.getElementById(`palette-${active.value}`)?.scrollIntoView({ block: 'nearest' }));
  };
  return () => (
    <Dialog title={t('palette.title')} onClose={closePalette} class="palette">
      <div class="palette">
        <label class="search">
          <Icon name="search" size={18} /><span class="visually-hidden">{t('palette.title')}</span>
          <input
            autofocus role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant={`palette-${active.value}`} autocomplete="off" spellcheck={false}
            placeholder={t('palette.placeholder')} value={words.value} onKeydown={onKeydown} onInput={(event: InputEvent) => { words.value = (event.target as HTMLInputElement).value; }}
          />
        </label>
        <ul role="listbox" id="palette-list" aria-label={t('palette.title')}>
          {entries.value.map((entry, index) => (
            <li
              key={entry.id} id={`palette-${index}`} role="option" aria-selected={index === active.value} class={{ active: index === active.value }}
              onClick={entry.run} onMousemove={() => { active.value = index; }}
            >
              <Icon name={entry.icon} /><span>{entry.text}</span><small>{entry.note}</small>
            </li>
          ))}
          {!entries.value.length && <li class="none" role="option" aria-disabled="true" aria-selected="false">{t('picker.none')}</li>}
        </ul>
      </div>
    </Dialog>
  );
});

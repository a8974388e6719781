import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { toast } from '../../core/toasts';
import type { AccessKey, ApiToken, Page, SshKey, User } from '../../api/types';
import { RelativeTime, Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { sourcesText } from '../profile/sources';

/** By what somebody's programs come in, and they themselves over SSH; an administrator can end it, and the person hears of it. */
export const ProgramAccess = component<{ user: User }>((props) => {
  const keysPath = at`/users/${props.user.id}/access-keys`;
  const tokensPath = at`/users/${props.user.id}/tokens`;
  const sshPath = at`/users/${props.user.id}/ssh-keys`;
  const keys = useQuery<Page<AccessKey>>(() => keysPath);
  const tokens = useQuery<Page<ApiToken>>(() => tokensPath);
  const sshKeys = useQuery<Page<SshKey>>(() => sshPath);
  const end = (name: string, path: string, list: string, text = t('program-access.end.text', { person: props.user.name })) => confirm({
    title: t('program-access.end.title', { name }), text, action: t('program-access.end'), danger: true,
    work: async () => { await api.delete(path); invalidate(list); toast(t('program-access.ended', { name })); },
  });
  const times = (one: AccessKey | ApiToken | SshKey) => <small>{t('token.expires')} <RelativeTime time={one.expiresAt} none={t('no-end')} /> · {t('last-used')} <RelativeTime time={one.lastUsedAt} none={t('never')} /></small>;
  const key = (one: AccessKey) => (
    <li key={one.id}>
      <Icon name="key" />
      <div class="grow"><b>{one.name} {!one.enabled && <Tag>{t('access-key.off')}</Tag>}</b><small>{sourcesText(one.sources)}</small>{times(one)}</div>
      <Button small kind="danger" onClick={() => void end(one.name, at`/users/${props.user.id}/access-keys/${one.id}`, keysPath)}>{t('program-access.end')}</Button>
    </li>
  );
  const token = (one: ApiToken) => (
    <li key={one.id}>
      <Icon name="terminal-2" />
      <div class="grow"><b>{one.name}</b><small>{sourcesText(one.sources)}</small>{times(one)}</div>
      <Button small kind="danger" onClick={() => void end(one.name, at`/users/${props.user.id}/tokens/${one.id}`, tokensPath)}>{t('program-access.end')}</Button>
    </li>
  );
  const sshKey = (one: SshKey) => (
    <li key={one.id}>
      <Icon name="key" />
      <div class="grow"><b>{one.name} {!one.enabled && <Tag>{t('access-key.off')}</Tag>} {one.hold && <Tag>{t('ssh-key.held')}</Tag>}</b><small>{one.algorithm} <code>{one.fingerprint}</code></small>{times(one)}{one.hold && <small>{t(one.hold === 'sign-in' ? 'program-access.hold.sign-in' : 'program-access.hold.provider-off')}</small>}</div>
      <Button small kind="danger" onClick={() => void end(one.name, at`/users/${props.user.id}/ssh-keys/${one.id}`, sshPath, t('program-access.end-ssh-key.text', { person: props.user.name }))}>{t('program-access.end')}</Button>
    </li>
  );
  const none = (text: string) => <p class="lead">{text}</p>;
  return () => (
    <div data-testid="program-access">
      <Section title={t('profile.access-keys')}>
        <Loaded answer={keys} show={(page: Page<AccessKey>) => page.items.length ? <ul class="list">{page.items.map(key)}</ul> : none(t('program-access.no-keys'))} />
      </Section>
      <Section title={t('profile.tokens')}>
        <Loaded answer={tokens} show={(page: Page<ApiToken>) => page.items.length ? <ul class="list">{page.items.map(token)}</ul> : none(t('program-access.no-tokens'))} />
      </Section>
      <Section title={t('profile.ssh-keys')}>
        <Loaded answer={sshKeys} show={(page: Page<SshKey>) => page.items.length ? <ul class="list">{page.items.map(sshKey)}</ul> : none(t('ssh-keys.empty'))} />
      </Section>
    </div>
  );
});

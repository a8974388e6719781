import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { sshLine, type Gateway } from '../../core/ssh-line';
import { me } from '../../core/session';
import { useQuery } from '../../core/query';
import type { GatewayInfo, ReachableAsset } from '../../api/types';
import { CopyLine, EmptyState } from '../../ui/bits';
import { Dialog } from '../../ui/Dialog';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';

const isUp = (info: GatewayInfo): info is Gateway => info.sshHost !== null && info.sshPort !== null;

/** The lines for the person's own ssh. */
export const NativeClient = component<{ asset: ReachableAsset; account: string; onClose: () => void }>((props) => {
  const gateway = useQuery<GatewayInfo>(() => `/my/gateway?asset=${props.asset.id}`);
  const person = () => ({ tenant: me.value?.tenant.slug ?? '', login: me.value?.user.login ?? '' });
  return () => (
    <Dialog title={t('native.title', { account: props.account, asset: props.asset.name })} onClose={props.onClose} wide>
      <Loaded answer={gateway} lines={2} show={(info: GatewayInfo) => !isUp(info) ? <EmptyState icon="terminal-2" title={t('native.none')} text={t('native.none.text')} /> : (
        <div class="stack">
          <p class="soft">{t('native.text')}</p>
          <CopyLine text={sshLine(info, person(), { account: props.account, asset: props.asset })} label={t('copy')} />
          <p class="soft">{t('native.menu')}</p>
          <CopyLine text={sshLine(info, person())} label={t('copy')} />
          <p class="soft">{t('native.keys')} <Link to="/profile?tab=ssh-keys" onClick={props.onClose}>{t('profile.ssh-keys')}</Link></p>
        </div>
      )} />
    </Dialog>
  );
});

import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { copy } from '../../core/clipboard';
import { save } from '../../table/export';
import { Button } from '../../ui/Button';
import { Checkbox } from '../../ui/inputs';

/** Shown once: the person says that they are kept before the portal opens. */
export const RecoveryCodesStep = component<{ codes: string[]; busy: boolean; onDone: () => void }>((props) => {
  const kept = ref(false);
  return () => (
    <div class="recovery">
      <ol class="codes">{props.codes.map((code) => <li><code>{code}</code></li>)}</ol>
      <div class="row">
        <Button icon="copy" onClick={() => void copy(props.codes.join('\n'))}>{t('copy')}</Button>
        <Button icon="download" onClick={() => save('gatehouse-recovery-codes.txt', new Blob([props.codes.join('\n') + '\n'], { type: 'text/plain' }))}>{t('download')}</Button>
      </div>
      <Checkbox name="kept" label={t('recovery.kept')} checked={kept.value} onChange={(on) => { kept.value = on; }} />
      <Button kind="primary" disabled={!kept.value} busy={props.busy} onClick={props.onDone}>{t('recovery.done')}</Button>
    </div>
  );
});

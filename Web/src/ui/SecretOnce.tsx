import { shallowRef } from 'vue';
import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { copy } from '../core/clipboard';
import { Button } from './Button';
import { Dialog } from './Dialog';

interface Shown { title: string; text: string; value: string }

const shown = shallowRef<Shown | null>(null);

/** Shows something that the server will not tell again: a token, an invitation, the secret of a webhook. */
export function showOnce(what: Shown): void {
  shown.value = what;
}

export const SecretOnce = component(() => () => shown.value && (
  <Dialog
    title={shown.value.title} onClose={() => { shown.value = null; }}
    footer={() => [
      <Button icon="copy" onClick={() => void copy(shown.value!.value)}>{t('copy')}</Button>,
      <Button kind="primary" onClick={() => { shown.value = null; }}>{t('done')}</Button>,
    ]}
  >
    <p class="confirm-text">{shown.value.text}</p>
    <div class="secret"><pre data-testid="secret-once">{shown.value.value}</pre></div>
  </Dialog>
));

import { t } from './i18n';
import { toast } from './toasts';

/** Copies and says so; a page without a secure origin has no clipboard API, so it falls back to a selection. */
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.style.position = 'fixed';
    (document.querySelector('dialog[open]') ?? document.body).append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    if (!done) return toast(t('copy.failed'), { kind: 'failed' });
  }
  toast(t('copy.done'), { kind: 'note' });
}

/** Copies a secret, and takes it off the clipboard half a minute later if it is still there. */
export async function copySecret(text: string): Promise<void> {
  await copy(text);
  setTimeout(async () => {
    try {
      if ((await navigator.clipboard.readText()) === text) await navigator.clipboard.writeText('');
    } catch {
      // Reading needs the person's consent; without it the clipboard is theirs to clear.
    }
  }, 30_000);
}

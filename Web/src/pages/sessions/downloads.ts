import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { toastProblem } from '../../core/toasts';
import type { Session } from '../../api/types';
import { save } from '../../table/export';
import { confirm } from '../../ui/confirm';
import { showOnce } from '../../ui/SecretOnce';
import type { MenuItem } from '../../ui/Menu';
import { may } from '../../core/session';

/** What can be taken away of a recording: the evidence itself, its receipt, and forms for other players. */
export function downloads(session: Session): MenuItem[] {
  const file = (part: string, ending: string) => async () => {
    try {
      const response = await api.send({ method: 'GET', path: at`/sessions/${session.id}/recording/` + part });
      save(`${session.recording?.id ?? session.id}.${ending}`, await response.blob());
    } catch (error) {
      toastProblem(error);
    }
  };
  return [
    { text: t('session.download.container'), icon: 'shield-lock', onPick: () => void file('container', 'ghr')() },
    { text: t('session.download.receipt'), icon: 'file-certificate', onPick: () => void file('receipt', 'receipt.json')(), hidden: session.state !== 'ended' },
    { text: t('session.download.asciicast'), icon: 'video', onPick: () => void file('asciicast', 'cast')() },
    { text: t('session.download.key'), icon: 'key', onPick: () => void recordingKey(session), hidden: !may('recordings.key') },
  ];
}

function recordingKey(session: Session): Promise<boolean> {
  return confirm({
    title: t('session.download.key'), text: t('session.key.text'), action: t('session.key.action'), reason: { label: t('reveal.reason') },
    work: async (reason) => {
      const { key } = await api.post<{ key: string }>(at`/sessions/${session.id}/recording/key`, { reason });
      showOnce({ title: t('session.download.key'), text: t('session.key.shown'), value: key });
    },
  });
}

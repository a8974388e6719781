import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at, writeQuery } from '../../core/paths';
import { toastProblem } from '../../core/toasts';
import type { Ticket } from '../../api/types';
import { save } from '../../table/export';
import type { MenuItem } from '../../ui/Menu';

async function file(path: string, name: string): Promise<void> {
  try {
    const response = await api.send({ method: 'GET', path });
    save(name, await response.blob());
  } catch (error) {
    toastProblem(error);
  }
}

/** What happened to a request, to be kept elsewhere. The trail says who took it. */
export const timelineExports = (ticket: Ticket): MenuItem[] => [
  { text: t('timeline.export.csv'), icon: 'download', onPick: () => void file(at`/tickets/${ticket.id}/timeline/csv`, `request-${ticket.number}.csv`) },
  { text: t('timeline.export.json'), icon: 'download', onPick: () => void file(at`/tickets/${ticket.id}/timeline`, `request-${ticket.number}.json`) },
  { text: t('timeline.print'), icon: 'file-certificate', onPick: () => print() },
];

export const exportReport = (from: string): Promise<void> => file('/ticket-report/csv' + writeQuery({ from }), 'requests.csv');

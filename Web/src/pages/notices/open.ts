import { api } from '../../core/client';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { navigate } from '../../core/router';
import { toastProblem } from '../../core/toasts';
import type { Notice } from '../../api/types';

/** Takes a notice as read; a failure is said and harms nothing. */
export async function read(notice: Notice): Promise<void> {
  if (notice.isRead) return;
  try {
    await api.post(at`/my/notices/${notice.id}/read`);
  } catch (error) {
    toastProblem(error);
  }
  invalidate('/my/notices');
}

export async function readAll(): Promise<void> {
  try {
    await api.post('/my/notices/read');
  } catch (error) {
    toastProblem(error);
  }
  invalidate('/my/notices');
}

/** Goes where a notice leads; to all of them, if it leads nowhere. */
export function open(notice: Notice): void {
  void read(notice);
  void navigate(notice.link || '/notices');
}

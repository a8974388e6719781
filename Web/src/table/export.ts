import { api } from '../core/client';
import { t } from '../core/i18n';
import { toast, toastProblem } from '../core/toasts';
import type { Page } from '../api/types';
import { toCSV, type Column } from './columns';

const limit = 5_000;

/** Everything that the list shows, over all of its pages, as a file. */
export async function exportCSV(name: string, path: string, query: Record<string, string | undefined>, columns: Column<never>[]): Promise<void> {
  try {
    const rows: string[][] = [columns.map((column) => t(column.title))];
    let cursor: string | null = null;
    do {
      const page: Page<never> = await api.get<Page<never>>(path, { ...query, limit: 100, cursor });
      rows.push(...page.items.map((row) => columns.map((column) => text(column, row))));
      cursor = page.next;
    } while (cursor && rows.length <= limit);
    save(`${name}.csv`, new Blob(['\ufeff', toCSV(rows)], { type: 'text/csv;charset=utf-8' }));
    toast(t('table.exported', { count: rows.length - 1 }), { kind: cursor ? 'note' : 'done', detail: cursor ? t('table.export.cut') : undefined });
  } catch (error) {
    toastProblem(error);
  }
}

function text(column: Column<never>, row: never): string {
  if (column.text) return column.text(row);
  const cell = column.cell(row);
  return typeof cell === 'string' || typeof cell === 'number' ? String(cell) : '';
}

export function save(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

import type { Key } from '../core/i18n';

/** A column of a table. `sort` is its name for the server; `text` is what goes into an export when the cell is more than text. */
export interface Column<T> {
  id: string; title: Key; cell: (row: T) => unknown; sort?: string; off?: boolean; text?: (row: T) => string; kind?: 'main' | 'number' | 'tight';
}

/** A filter of a few values; the chosen one stands in the address. */
export interface FilterDef { id: string; title: Key; choices: { value: string; text: string }[]; toFilter?: (value: string) => string }

/** The filter text for the server (RFC 7644, 3.4.2.2): everything chosen, and the search words in any of the columns. */
export function filterText(query: Record<string, string | undefined>, filters: FilterDef[], searchBy: string[], always?: string): string | undefined {
  const terms = filters.flatMap((filter) => {
    const value = query[filter.id];
    if (!value || !filter.choices.some((choice) => choice.value === value)) return [];
    return [filter.toFilter ? filter.toFilter(value) : `${filter.id} eq ${literal(value)}`];
  });
  const words = query.q?.trim();
  if (words && searchBy.length) {
    const search = searchBy.map((column) => `${column} co ${JSON.stringify(words)}`).join(' or ');
    terms.push(searchBy.length > 1 && (terms.length > 0 || always) ? `(${search})` : search);
  }
  if (always) terms.unshift(always);
  return terms.length ? terms.join(' and ') : undefined;
}

const literal = (value: string): string => (value === 'true' || value === 'false' ? value : JSON.stringify(value));

/** What a click on a column's heading makes of the order: ascending, descending, the list's own. */
export function nextSort(current: string | undefined, column: string): string | undefined {
  if (current === column) return `-${column}`;
  return current === `-${column}` ? undefined : column;
}

/** Comma-separated values (RFC 4180); a cell that a spreadsheet would run as a formula is made text. */
export function toCSV(rows: string[][]): string {
  const cell = (value: string) => {
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

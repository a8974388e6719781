import { computed, ref, shallowRef, watch } from 'vue';
import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { navigate, route, setQuery } from '../core/router';
import { writeQuery } from '../core/paths';
import { remembered } from '../core/preferences';
import { useQuery } from '../core/query';
import type { Page } from '../api/types';
import { EmptyState, ErrorState } from '../ui/bits';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Menu, type MenuItem } from '../ui/Menu';
import { filterText, nextSort, type Column, type FilterDef } from './columns';
import { FilterBar } from './FilterBar';
import { exportCSV } from './export';

export interface ResourceTableProps<T> {
  /** Names what this browser remembers about the table. */
  id: string;
  path: string;
  label: string;
  columns: Column<T>[];
  rowKey?: (row: T) => string;
  rowLink?: (row: T) => string;
  rowActions?: (row: T) => MenuItem[];
  filters?: FilterDef[];
  searchBy?: string[];
  always?: string;
  query?: Record<string, string>;
  empty: () => unknown;
  limit?: number;
  live?: boolean;
  /** What can be done with several rows at once; with it, rows can be chosen. */
  bulk?: (rows: T[], clear: () => void) => unknown;
}

const density = remembered<'compact' | 'roomy'>('density', 'compact');

/** The table of every list: what it shows stands in the address, pages come by cursor, old rows stay until the new ones are there. */
const Table = component<ResourceTableProps<never>>((props) => {
  const chosen = remembered<string[] | null>(`columns.${props.id}`, null);
  const before = ref<string[]>([]);
  const columns = computed(() => props.columns.filter((column) => chosen.get()?.includes(column.id) ?? !column.off));
  const filters = () => props.filters ?? [];
  const listQuery = computed(() => ({
    ...props.query, filter: filterText(route.query, filters(), props.searchBy ?? [], props.always), sort: sortable(), limit: String(props.limit ?? 50),
  }));
  const sortable = () => {
    const wanted = route.query.sort?.replace(/^-/, '');
    return props.columns.some((column) => column.sort && column.sort === wanted) ? route.query.sort : undefined;
  };
  const page = useQuery<Page<never>>(() => props.path + writeQuery({ ...listQuery.value, cursor: route.query.cursor }), { keepPrevious: true });
  watch(() => JSON.stringify(listQuery.value), () => { before.value = []; });
  const isFiltered = () => !!route.query.q || filters().some((filter) => route.query[filter.id]);
  const picked = shallowRef<Set<string>>(new Set());
  const clear = () => { picked.value = new Set(); };
  watch(() => route.query.cursor, clear);
  const pickedRows = () => (page.data?.items ?? []).filter((row) => picked.value.has(key(row)));
  const pick = (ids: string[], on: boolean) => {
    const next = new Set(picked.value);
    for (const id of ids) { if (on) next.add(id); else next.delete(id); }
    picked.value = next;
  };
  const box = (label: string, checked: boolean, onChange: (on: boolean) => void) => (
    <input type="checkbox" aria-label={label} checked={checked} onChange={(event: Event) => onChange((event.target as HTMLInputElement).checked)} />
  );
  const turn = (cursor: string | undefined) => { setQuery({ cursor }, false); scrollTo({ top: 0 }); };
  const key = (row: never) => (props.rowKey ? props.rowKey(row) : (row as { id: string }).id);

  const heading = (column: Column<never>) => {
    if (!column.sort) return <th scope="col" class={column.kind} key={column.id}>{t(column.title)}</th>;
    const sorted = route.query.sort === column.sort ? 'ascending' : route.query.sort === `-${column.sort}` ? 'descending' : 'none';
    return (
      <th scope="col" class={column.kind} key={column.id} aria-sort={sorted}>
        <button type="button" onClick={() => setQuery({ sort: nextSort(route.query.sort, column.sort!), cursor: undefined })}>
          {t(column.title)}{sorted !== 'none' && <Icon name={sorted === 'ascending' ? 'arrow-up' : 'arrow-down'} size={13} />}
        </button>
      </th>
    );
  };
  const line = (row: never) => {
    const link = props.rowLink?.(row);
    const open = (event: MouseEvent) => {
      if (!link || (event.target as Element).closest('a, button, input, label, .menu') || getSelection()?.toString()) return;
      if (event.ctrlKey || event.metaKey) window.open(link, '_blank');
      else void navigate(link);
    };
    const actions = props.rowActions?.(row) ?? [];
    return (
      <tr key={key(row)} class={{ opens: link }} onClick={open}>
        {props.bulk && <td class="pick">{box(t('table.pick'), picked.value.has(key(row)), (on) => pick([key(row)], on))}</td>}
        {columns.value.map((column) => <td key={column.id} class={column.kind} data-label={t(column.title)}>{column.cell(row) as never}</td>)}
        {props.rowActions && <td class="actions">{actions.some((item) => !item.hidden) && <Menu label={t('table.actions')} icon="dots" items={actions} />}</td>}
      </tr>
    );
  };
  const skeleton = () => Array.from({ length: 8 }, (_, index) => (
    <tr class="loading" key={`skeleton-${index}`}>{props.bulk && <td />}{columns.value.map((column, place) => <td key={column.id} data-label=""><div class="skeleton" style={{ width: `${40 + ((index * 17 + place * 29) % 45)}%` }} /></td>)}{props.rowActions && <td />}</tr>
  ));
  const nothing = () => isFiltered()
    ? <EmptyState icon="filter" title={t('table.nomatch')} text={t('table.nomatch.text')} action={t('table.clear')} onAction={() => setQuery({ q: undefined, cursor: undefined, ...Object.fromEntries(filters().map((filter) => [filter.id, undefined])) })} />
    : props.empty();
  const settings = (): MenuItem[] => [
    ...props.columns.map((column) => ({
      text: t(column.title), keepOpen: true, checked: columns.value.includes(column), disabled: columns.value.length === 1 && columns.value.includes(column),
      onPick: () => chosen.set(props.columns.filter((one) => (one === column ? !columns.value.includes(one) : columns.value.includes(one))).map((one) => one.id)),
    })),
    { text: t('table.roomy'), keepOpen: true, checked: density.get() === 'roomy', onPick: () => density.set(density.get() === 'roomy' ? 'compact' : 'roomy') },
    { text: t('table.export'), icon: 'download', onPick: () => void exportCSV(props.id, props.path, listQuery.value, props.columns) },
  ];

  return () => {
    const rows = page.data?.items;
    const stuck = page.problem && (!rows || page.isPrevious) ? page.problem : null;
    // Words that no value of the column can contain are not an error: there is nothing to be found.
    const unmatched = stuck?.kind === 'invalid-fields' && !!stuck.field('filter') && !!route.query.q;
    const waiting = page.loading && !!rows;
    return (
      <div class="table-block">
        <FilterBar filters={filters()} search={(props.searchBy ?? []).length > 0} settings={settings()} busy={page.loading} reload={() => void page.reload()} />
        {props.bulk && pickedRows().length > 0 && <div class="bulk-bar" role="status"><span>{t('table.picked', { count: pickedRows().length })}</span>{props.bulk(pickedRows(), clear) as never}<Button small kind="quiet" onClick={clear}>{t('table.unpick')}</Button></div>}
        {stuck && !unmatched ? <ErrorState problem={stuck} retry={() => void page.reload()} /> : unmatched || (rows && rows.length === 0 && !page.loading) ? (nothing() as never) : (
          <div class={['table-scroll', { waiting }]}>
            <table class={['table', density.get()]} aria-label={props.label} aria-busy={page.loading}>
              <thead><tr>{props.bulk && <th class="pick">{box(t('table.pick-all'), !!rows?.length && rows.every((row) => picked.value.has(key(row))), (on) => pick((rows ?? []).map(key), on))}</th>}{columns.value.map(heading)}{props.rowActions && <th class="actions"><span class="visually-hidden">{t('table.actions')}</span></th>}</tr></thead>
              <tbody>{rows ? rows.map(line) : skeleton()}</tbody>
            </table>
          </div>
        )}
        {!stuck && (page.data?.next || route.query.cursor) && (
          <nav class="pager" aria-label={t('table.pages')}>
            {route.query.cursor && <Button small icon="chevron-left" onClick={() => { const last = before.value.at(-1); before.value = before.value.slice(0, -1); turn(last || undefined); }}>{before.value.length ? t('table.previous') : t('table.first')}</Button>}
            {page.data?.next && <Button small onClick={() => { before.value = [...before.value, route.query.cursor ?? '']; turn(page.data?.next ?? undefined); }}>{t('table.next')}<Icon name="chevron-right" size={16} /></Button>}
          </nav>
        )}
      </div>
    );
  };
});

export const ResourceTable = Table as unknown as new <T>() => { $props: ResourceTableProps<T> };

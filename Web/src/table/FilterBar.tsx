import { onBeforeUnmount, ref, watch } from 'vue';
import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { route, setQuery } from '../core/router';
import { IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Menu, type MenuItem } from '../ui/Menu';
import type { FilterDef } from './columns';

/** Search words and filter chips above a table; both live in the address. */
export const FilterBar = component<{ filters: FilterDef[]; search: boolean; settings: MenuItem[]; busy: boolean; reload: () => void }>((props) => {
  const words = ref(route.query.q ?? '');
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(() => route.query.q, (now) => { if ((now ?? '') !== words.value.trim()) words.value = now ?? ''; });
  onBeforeUnmount(() => clearTimeout(timer));
  const search = (text: string) => {
    words.value = text;
    clearTimeout(timer);
    timer = setTimeout(() => setQuery({ q: text.trim() || undefined, cursor: undefined }), 220);
  };
  const chip = (filter: FilterDef) => {
    const chosen = filter.choices.find((choice) => choice.value === route.query[filter.id]);
    if (chosen) {
      return (
        <span class="chip filter" key={filter.id}>
          {t(filter.title)}: <b>{chosen.text}</b>
          <button type="button" aria-label={t('table.filter.off', { name: t(filter.title) })} onClick={() => setQuery({ [filter.id]: undefined, cursor: undefined })}><Icon name="x" size={13} /></button>
        </span>
      );
    }
    const items = filter.choices.map((choice) => ({ text: choice.text, onPick: () => setQuery({ [filter.id]: choice.value, cursor: undefined }) }));
    return <Menu key={filter.id} align="start" quiet text={t(filter.title)} label={t('table.filter.by', { name: t(filter.title) })} items={items} />;
  };
  return () => (
    <div class="filter-bar" role="search">
      {props.search && (
        <label class="search">
          <Icon name="search" size={16} /><span class="visually-hidden">{t('table.search')}</span>
          <input type="search" value={words.value} placeholder={t('table.search')} onInput={(event: InputEvent) => search((event.target as HTMLInputElement).value)} />
        </label>
      )}
      {props.filters.map(chip)}
      <span class="stretch" />
      <IconButton icon="refresh" label={t('table.reload')} onClick={props.reload} disabled={props.busy} />
      <Menu label={t('table.settings')} icon="layout-columns" items={props.settings} />
    </div>
  );
});

import { h, view } from '../core/jsx';
import { route, setQuery } from '../core/router';

export interface Tab { id: string; text: string; count?: number }

/** The tab that the address names, or the first. */
export const currentTab = (tabs: Tab[]): string => tabs.find((tab) => tab.id === route.query.tab)?.id ?? tabs[0]?.id ?? '';

/** On a telephone the row of tabs is scrolled: the open one stands in sight when it is opened, and stays where it is afterwards. */
function reveal(row: HTMLElement, current: string): void {
  if (row.dataset.shown === current) return;
  row.dataset.shown = current;
  requestAnimationFrame(() => {
    const tab = row.querySelector<HTMLElement>('[aria-selected=true]');
    if (tab) row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  });
}

/** Tabs of a detail page; which one is open stands in the address. */
export const Tabs = view<{ tabs: Tab[]; label: string }>((props) => {
  const current = currentTab(props.tabs);
  const open = (index: number, event?: KeyboardEvent) => {
    const tab = props.tabs[(index + props.tabs.length) % props.tabs.length];
    if (!tab) return;
    event?.preventDefault();
    // A page of one list is none of another.
    setQuery({ tab: tab.id === props.tabs[0]?.id ? undefined : tab.id, cursor: undefined });
    if (event) setTimeout(() => document.getElementById(`tab-${tab.id}`)?.focus());
  };
  return (
    <div class="tabs" role="tablist" aria-label={props.label} ref={(row: unknown) => { if (row) reveal(row as HTMLElement, current); }}>
      {props.tabs.map((tab, index) => (
        <button
          type="button" role="tab" id={`tab-${tab.id}`} key={tab.id} aria-selected={tab.id === current} tabindex={tab.id === current ? 0 : -1} onClick={() => open(index)}
          onKeydown={(event: KeyboardEvent) => { if (event.key === 'ArrowRight') open(index + 1, event); if (event.key === 'ArrowLeft') open(index - 1, event); }}
        >
          {tab.text}{tab.count !== undefined && <span class="count">{tab.count}</span>}
        </button>
      ))}
    </div>
  );
});

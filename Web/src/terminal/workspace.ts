import { shallowReactive } from 'vue';
import { navigate } from '../core/router';
import { Connection } from './connection';

export interface WorkspaceTab { id: number; connection: Connection }

/** The open terminals. They stay open while other pages are looked at. */
export const workspace: { tabs: WorkspaceTab[]; active: number } = shallowReactive({ tabs: [], active: 0 });

let last = 0;

/** One click to a shell: a tab of its own in the workspace. */
export function connect(asset: { id: string; name: string }, account: string): void {
  const tab: WorkspaceTab = { id: (last += 1), connection: new Connection({ id: asset.id, name: asset.name }, account) };
  workspace.tabs = [...workspace.tabs, tab];
  workspace.active = tab.id;
  void navigate('/workspace');
  void tab.connection.open();
}

export function closeTab(tab: WorkspaceTab): void {
  const index = workspace.tabs.indexOf(tab);
  tab.connection.close();
  workspace.tabs = workspace.tabs.filter((one) => one !== tab);
  if (workspace.active === tab.id) workspace.active = (workspace.tabs[index] ?? workspace.tabs[index - 1])?.id ?? 0;
}

export function closeAll(): void {
  for (const tab of workspace.tabs) tab.connection.close();
  workspace.tabs = [];
}

export const liveTabs = (): number => workspace.tabs.filter((tab) => tab.connection.status.value === 'open').length;

addEventListener('beforeunload', (event: BeforeUnloadEvent) => { if (liveTabs() > 0) event.preventDefault(); });

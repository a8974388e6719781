import { component, h } from '../core/jsx';
import { useQuery } from '../core/query';
import { may } from '../core/session';
import type { Page, Ticket } from '../api/types';
import { QuotaBanner } from '../pages/settings/QuotaBanner';
import { SupportNotice } from '../pages/settings/SupportNotice';
import { workspace } from '../terminal/workspace';
import { CommandPalette } from './CommandPalette';
import { Frame } from './Frame';
import { leave } from './leave';
import { navigation } from './navigation';
import { openPalette, paletteOpen } from './palette';

/** The portal's frame, with what waits for the person and the palette. */
export const Shell = component((_, slots) => {
  const inbox = useQuery<Page<Ticket>>(() => (may('tickets.decide') ? '/inbox?limit=50' : null));
  const count = (path: string): number => (path === '/inbox' ? inbox.data?.items.length ?? 0 : path === '/workspace' ? workspace.tabs.length : 0);
  return () => (
    <div class="root">
      <Frame areas={navigation} count={count} leave={() => void leave()} search={openPalette}><SupportNotice /><QuotaBanner />{slots.default?.()}</Frame>
      {paletteOpen.value && <CommandPalette />}
    </div>
  );
});

import { Client } from './api';
import { askForStepUp } from './step-up';
import { companyClosed, sessionEnded } from './session';
import { isNarrowed, organization } from './organization';
import { apiBase, isConsole } from './surface';

/** The client of the running portal. */
export const api = new Client({
  base: apiBase,
  fetch: (path, init) => fetch(path, init),
  signedOut: (problem) => sessionEnded(problem),
  closed: () => void companyClosed(),
  stepUp: () => askForStepUp(),
  newKey: () => crypto.randomUUID(),
  organization: (path) => (isConsole || !isNarrowed(path) ? null : organization()),
});

/** Which face this page is, as the page itself says: a tenant's portal, or the hosting provider's console. */
export const isConsole = globalThis.document?.documentElement.dataset.surface === 'console';

/** The path of the API that this face speaks to. */
export const apiBase = isConsole ? '/provider/v1' : '/api/v1';

import { invalidate } from './query';
import { toast, toastProblem } from './toasts';

/** Does something, refreshes what it changed, and says how it went. True when it went well. */
export async function act(work: () => Promise<unknown>, said: { done?: string; changes: string[] }): Promise<boolean> {
  try {
    await work();
    invalidate(...said.changes);
    if (said.done) toast(said.done);
    return true;
  } catch (error) {
    invalidate(...said.changes);
    toastProblem(error);
    return false;
  }
}

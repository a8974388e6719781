import { shallowRef } from 'vue';

/** The dialog that asks for a second factor; everybody who waits for it gets its one answer. */
export const pendingStepUp = shallowRef<{ answer(given: boolean): void } | null>(null);

let waiting: Promise<boolean> | null = null;

export function askForStepUp(): Promise<boolean> {
  waiting ??= new Promise<boolean>((resolve) => {
    pendingStepUp.value = {
      answer(given) {
        pendingStepUp.value = null;
        waiting = null;
        resolve(given);
      },
    };
  });
  return waiting;
}

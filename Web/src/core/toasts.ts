import { shallowRef } from 'vue';
import { tField } from './i18n';
import { Problem } from './problem';

export interface Toast { id: number; kind: 'done' | 'failed' | 'note'; text: string; detail?: string; traceId?: string; action?: { text: string; to: string } }

export const toasts = shallowRef<Toast[]>([]);
let last = 0;

export function toast(text: string, more: Partial<Omit<Toast, 'id' | 'text'>> = {}): void {
  const id = (last += 1);
  toasts.value = [...toasts.value.slice(-3), { id, kind: 'done', text, ...more }];
  setTimeout(() => dismiss(id), more.kind === 'failed' ? 12_000 : 5_000);
}

export function toastProblem(error: unknown): void {
  const problem = Problem.wrap(error);
  const words = [...problem.words, ...problem.errors.map((field) => `${field.pointer.slice(1)}: ${tField(field.message)}`)];
  toast(problem.heading, { kind: 'failed', detail: words.filter(Boolean).join(' '), traceId: problem.traceId });
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

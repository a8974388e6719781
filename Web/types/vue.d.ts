/** The part of Vue that the portal uses; no wheel carries Vue's own types. */
declare module 'vue' {
  export interface Ref<T = unknown> { value: T }
  export interface ComputedRef<T = unknown> { readonly value: T }
  export interface VNode { readonly __v_isVNode: true; el: Node | null; key: string | number | null; type: unknown }
  export type Child = VNode | string | number | boolean | null | undefined | Child[];
  export type Slots = Record<string, ((argument?: unknown) => Child) | undefined>;
  export interface CommonProps { key?: string | number; ref?: unknown; class?: unknown; style?: unknown }
  export interface Comp<P = {}> { new (): { $props: P & CommonProps } }
  export function ref<T>(value: T): Ref<T>;
  export function ref<T>(): Ref<T | undefined>;
  export function shallowRef<T>(value: T): Ref<T>;
  export function shallowRef<T>(): Ref<T | undefined>;
  export function reactive<T extends object>(value: T): T;
  export function shallowReactive<T extends object>(value: T): T;
  export function markRaw<T extends object>(value: T): T;
  export function toRaw<T>(value: T): T;
  export function computed<T>(get: () => T): ComputedRef<T>;
  export function watch<T>(source: () => T, run: (now: T, before: T) => void, options?: { immediate?: boolean; deep?: boolean; flush?: 'pre' | 'post' | 'sync' }): () => void;
  export function watchEffect(run: () => void): () => void;
  export function effectScope(detached?: boolean): { run<T>(f: () => T): T; stop(): void };
  export function onMounted(run: () => void): void;
  export function onUpdated(run: () => void): void;
  export function onBeforeUnmount(run: () => void): void;
  export function onErrorCaptured(run: (error: unknown) => boolean | void): void;
  export function getCurrentInstance(): object | null;
  export function nextTick(run?: () => void): Promise<void>;
  export function isVNode(value: unknown): value is VNode;
  export function h(type: unknown, props?: unknown, children?: unknown): VNode;
  export const Fragment: Comp<{}>;
  export const Teleport: Comp<{ to: string | Element; disabled?: boolean }>;
  export interface SetupContext { slots: Slots; attrs: Record<string, unknown> }
  export interface App { mount(target: string | Element): unknown; config: { errorHandler?: (error: unknown) => void } }
  export function createApp(root: unknown, props?: object): App;
}
declare namespace JSX {
  type Element = import('vue').VNode;
  interface ElementClass { $props: unknown }
  interface ElementAttributesProperty { $props: {} }
  interface IntrinsicAttributes { key?: string | number; ref?: unknown; class?: unknown; style?: unknown }
  interface IntrinsicElements { [name: string]: any }
}

import { shallowRef, type Ref } from 'vue';

/** A choice that this browser remembers. */
export function remembered<T>(name: string, initial: T): { get(): T; set(value: T): void } {
  const key = `gatehouse.${name}`;
  const value: Ref<T> = shallowRef(read(key, initial));
  return {
    get: () => value.value,
    set(next) {
      value.value = next;
      localStorage.setItem(key, JSON.stringify(next));
    },
  };
}

function read<T>(key: string, initial: T): T {
  try {
    const text = localStorage.getItem(key);
    return text === null ? initial : (JSON.parse(text) as T);
  } catch {
    return initial;
  }
}

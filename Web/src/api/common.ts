// What the rest is made of.

export interface Page<T> { items: T[]; next: string | null }
export interface Named { id: string; name: string }
export interface Label { key: string; value: string }
export interface List<T> { items: T[] }

/** The part of bun's test runner that the unit tests use. */
declare module 'bun:test' {
  export function describe(name: string, run: () => void): void;
  export function test(name: string, run: () => void | Promise<void>): void;
  export function expect(value: unknown): Matchers;
  interface Matchers {
    readonly not: Matchers;
    toBe(value: unknown): void; toEqual(value: unknown): void; toContain(value: unknown): void;
    toBeNull(): void; toBeUndefined(): void; toBeTrue(): void; toBeFalse(): void;
    toBeCloseTo(value: number, digits?: number): void;
  }
}
declare const Bun: {
  file(path: string): { text(): Promise<string>; json(): Promise<unknown> };
  Glob: new (pattern: string) => { scanSync(options: { cwd: string }): Iterable<string> };
  Transpiler: new (options: object) => { transformSync(source: string): string };
};
interface ImportMeta { readonly dir: string }

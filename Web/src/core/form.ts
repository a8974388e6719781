import { reactive } from 'vue';

/** The values of a form beside what they were: tells what is changed, field by field. */
export class Form<T extends Record<string, unknown>> {
  readonly values: T;
  private readonly before: T;

  constructor(initial: T) {
    this.before = structuredClone(initial);
    this.values = reactive(structuredClone(initial));
  }

  changed(name: keyof T): boolean {
    return JSON.stringify(this.values[name]) !== JSON.stringify(this.before[name]);
  }

  get isChanged(): boolean {
    return Object.keys(this.before).some((name) => this.changed(name));
  }

  /** Only what is different: the body of a PATCH. */
  get changes(): Partial<T> {
    return Object.fromEntries(Object.keys(this.before).filter((name) => this.changed(name)).map((name) => [name, this.values[name]])) as Partial<T>;
  }

  set = <Name extends keyof T>(name: Name) => (value: T[Name]): void => { this.values[name] = value; };
}

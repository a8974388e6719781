/** Matching of paths such as `/assets/:asset`, without any browser. */
export interface Pattern { readonly names: string[]; readonly test: RegExp }

export function compile(path: string): Pattern {
  const names: string[] = [];
  const source = path.replace(/[.+*?^${}()|[\]\\]/g, '\\$&').replace(/:(\w+)/g, (_, name: string) => {
    names.push(name);
    return '([^/]+)';
  });
  return { names, test: new RegExp(`^${source}/?$`) };
}

/** The named parts of a path, or null if it does not match; a part that is not valid percent-encoding matches nothing. */
export function match(pattern: Pattern, path: string): Record<string, string> | null {
  const found = pattern.test.exec(path);
  if (!found) return null;
  try {
    return Object.fromEntries(pattern.names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]));
  } catch {
    return null;
  }
}

/** A path with its values encoded: at`/users/${id}`. */
export function at(parts: TemplateStringsArray, ...values: string[]): string {
  return parts.reduce((text, part, index) => text + encodeURIComponent(values[index - 1] ?? '') + part);
}

export type Query = Record<string, string>;

export function readQuery(search: string): Query {
  return Object.fromEntries(new URLSearchParams(search));
}

/** `?a=1&b=2`, or nothing; empty values are left out. */
export function writeQuery(query: Record<string, string | number | boolean | null | undefined>): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false);
  const text = new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

/** Only a path of this portal may be returned to after sign-in, never another site. */
export function safeReturn(path: string | undefined): string {
  return path && /^\/(?![/\\])/.test(path) && !/[\\\u0000-\u001f]/.test(path) && !/^\/sign-in(?:[/?#]|$)/.test(path) ? path : '/';
}

/** Whether the server keeps the path for somebody who signs in elsewhere; without it they arrive at the first page. */
export function mayReturn(path: string): boolean {
  return path !== '/' && path === safeReturn(path) && /^\/(?!api\/)[\x21-\x7e]{1,499}$/.test(path);
}

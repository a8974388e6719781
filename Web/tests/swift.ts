/** Where the programs of the server are. */
export const sources = `${import.meta.dir}/../../../Sources`;

/** A literal of Swift from behind its first quote, with `{}` in the place of what is put in; and those that `:` says may stand there instead. */
export function literals(source: string, start: number): string[] {
  let text = '';
  let at = start;
  for (; source[at] !== '"'; at += 1) {
    if (source[at] !== '\\') { text += source[at]; continue; }
    at += 1;
    if (source[at] !== '(') { text += source[at]; continue; }
    for (let depth = 1; depth > 0;) {
      at += 1;
      depth += source[at] === '(' ? 1 : source[at] === ')' ? -1 : 0;
    }
    text += '{}';
  }
  const other = /^"\s*:\s*"/.exec(source.slice(at, at + 80));
  if (other) return [text, ...literals(source, at + other[0].length)];
  const more = /^"\s*\+ "/.exec(source.slice(at, at + 80));
  return more ? literals(source, at + more[0].length).map((rest) => text + rest) : [text];
}

/** The programs in some folders, or single ones. */
export async function programs(places: string[]): Promise<string[]> {
  const files = places.flatMap((place) => (place.endsWith('.swift') ? [place] : [...new Bun.Glob('**/*.swift').scanSync({ cwd: `${sources}/${place}` })].map((file) => `${place}/${file}`)));
  return Promise.all(files.map((file) => Bun.file(`${sources}/${file}`).text()));
}

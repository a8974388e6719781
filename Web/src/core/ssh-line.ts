/** A name that contains the separator, or what a shell would read as more than a word, is given by id. */
const isPlain = (name: string): boolean => /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name);

export interface Gateway { sshHost: string; sshPort: number }
interface Person { tenant: string; login: string }
interface Target { account: string; asset: { id: string; name: string } }

/** `ssh tenant+user+account+asset@host -p port`; without a target it opens the menu. */
export function sshLine(gateway: Gateway, person: Person, target?: Target): string {
  const parts = [person.tenant, person.login];
  if (target) parts.push(target.account, isPlain(target.asset.name) ? target.asset.name : target.asset.id);
  const name = parts.join('+');
  const word = `${name}@${gateway.sshHost}`;
  const quoted = /^[\p{L}\p{N}+@._:-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
  return `ssh ${quoted}${gateway.sshPort === 22 ? '' : ` -p ${gateway.sshPort}`}`;
}

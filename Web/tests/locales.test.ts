import { describe, expect, test } from 'bun:test';
import en from '../locales/en.json';
import zh from '../locales/zh.json';

const texts: Record<string, Record<string, string>> = { en, zh };
const root = `${import.meta.dir}/..`;
const files = [...new Bun.Glob('src/**/*.{ts,tsx}').scanSync({ cwd: root })].filter((file) => !file.endsWith('.generated.ts'));
const sources = await Promise.all(files.map(async (file) => ({ file, text: await Bun.file(`${root}/${file}`).text() })));
const everything = sources.map((source) => source.text).join('\n');

/** Keys that are put together at run time, by their beginning. */
const built = [
  'state.', 'problem.', 'ended.', 'sign-in-action.', 'factor-action.', 'factor-level.', 'factor-rule.try.', 'factor.', 'first-step.', 'sign-in-entrance.', 'provider-kind.', 'provider-step.', 'provider-rules.', 'provider-refusal.', 'access-reason.', 'provider-outcome.', 'sync-state.', 'sync-kind.', 'sync-people.', 'sync-refused.', 'sync-groups.', 'sync-groups-refused.', 'provider.attribute.', 'provider.saml.', 'provider.cas.', 'duty.', 'provider.app.', 'provider.authorizationUrl', 'provider.tokenUrl', 'provider.userinfoUrl', 'provider.organization.', 'messenger.', 'event-name.', 'event-family.', 'provider.baseDn', 'provider.bindDn', 'provider.userFilter', 'provider.groupBaseDn', 'provider.condition.', 'provider.rule.says.', 'operator-role.', 'sign-up-mode.', 'action.', 'protocol.', 'platform.', 'channel.', 'entrance.', 'end.', 'role.', 'role-scope.', 'permission.', 'permission-area.', 'grant-account.', 'timeline.', 'via.', 'theme.', 'window.', 'audit-action.', 'audit-actor.', 'audit-target.', 'role-about.', 'audit-detail.', 'quota.', 'meter.', 'setting.', 'setting-choice.', 'sms-kind.', 'sms.field.', 'sms.choice.', 'sms.secret.', 'settings.origin.', 'page.settings.', 'settings.general.', 'settings.branding.', 'settings.security.', 'settings.recording.', 'settings.mail.', 'provisioning-operation.', 'notice.', 'notice-way.', 'flow.because.', 'flow.relation.', 'flow.comment.', 'path.comment.', 'ticket-kind.', 'card-channel.', 'seat.', 'risk.', 'risk-reason.', 'ticket-kind.', 'ticket-fact.', 'change.',
];

/** Words that are the same in every language: names of keys, headers, media, products. */
const words = new Set([
  'Enter', 'Escape', 'Backspace', 'Tab', 'Home', 'End', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'English', 'Gatehouse',
  'Edge', 'Opera', 'Firefox', 'Chrome', 'Safari', 'Windows', 'Android', 'Linux',
]);

describe('locales', () => {
  for (const [language, own] of Object.entries(texts)) {
    test(`${language} has every key, and none without a text`, () => {
      const missing = Object.keys(en).filter((key) => !own[key]?.trim());
      const unknown = Object.keys(own).filter((key) => !(key in en));
      expect([missing, unknown]).toEqual([[], []]);
    });

    test(`${language} uses the values that English uses`, () => {
      const values = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map((found) => found[1]))].sort().join();
      expect(Object.keys(en).filter((key) => values(own[key] ?? '') !== values((en as Record<string, string>)[key]!))).toEqual([]);
    });
  }

  test('every key is used', () => {
    // One pass over the sources: a search for each key takes longer than a test may.
    const quoted = new Set([...everything.matchAll(/(?<=['"])[\w.-]+(?=['"])/g)].map((found) => found[0]));
    const unused = Object.keys(en).filter((key) => !quoted.has(key) && !built.some((start) => key.startsWith(start)));
    expect(unused).toEqual([]);
  });

  test('no text stands outside of the locales', () => {
    const tsconfig = { compilerOptions: { jsx: 'react', jsxFactory: 'h', jsxFragmentFactory: 'Fragment' } };
    const transpile = (file: string, text: string) => new Bun.Transpiler({ loader: file.endsWith('x') ? 'tsx' : 'ts', tsconfig }).transformSync(text);
    const found = sources.flatMap(({ file, text }) => literals(transpile(file, text)).filter(isProse).map((literal) => `${file}: ${literal}`));
    expect(found).toEqual([]);
  });

  test('the search for text finds what it should', () => {
    expect(['Save changes', 'Users', '保存', 'Something went wrong: try again'].filter((text) => !isProse(text))).toEqual([]);
    expect(['row', 'filter-bar wide', 'M12 3l4 4', 'state eq "live"', '/my/assets', 'Content-Type', 'name co'].filter(isProse)).toEqual([]);
  });
});

/** The string literals of a program without comments. */
function literals(code: string): string[] {
  return [...code.matchAll(/"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)].map((found) => found[1] ?? found[2] ?? (found[3] ?? '').replace(/\$\{[^}]*\}/g, ''));
}

/** Chinese, a capitalised word, or a sentence: something that a person would read. */
function isProse(text: string): boolean {
  const plain = text.trim();
  if (words.has(plain) || plain === '中文') return false;
  return /[\u3400-\u9fff]/.test(plain) || /^[A-Z][a-z]{2,}[.!?…]?$/.test(plain) || /^[A-Z][a-z]+(?: [\w'’,:-]+)+[.!?…]?$/.test(plain);
}

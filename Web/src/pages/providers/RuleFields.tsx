import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { roleName } from '../../core/names';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import type { Page, Role } from '../../api/types';
import { Button, IconButton } from '../../ui/Button';
import { Select, TextInput } from '../../ui/inputs';
import { Picker } from '../../ui/Picker';
import type { RuleValues } from './settings';

/** What members of a group of the directory get here, one rule after the other. */
export const RuleFields = component<{ rules: RuleValues[]; onChange: (rules: RuleValues[]) => void; error?: string }>((props) => {
  const roles = useQuery<Page<Role>>(() => (may('roles.read') ? '/roles' : null));
  const change = (index: number, patch: Partial<RuleValues>) => props.onChange(props.rules.map((rule, place) => (place === index ? { ...rule, ...patch } : rule)));
  const add = () => props.onChange([...props.rules, { directoryGroup: '', kind: 'group', role: '', group: [] }]);
  // A built-in role is named by its word, whichever tenant it is.
  const choices = () => (roles.data?.items ?? []).map((role) => ({ value: role.builtIn ?? role.id, text: roleName(role) }));
  const fields = (rule: RuleValues, index: number) => (
    <section class="fieldset" key={index} aria-label={t('provider.rule', { number: index + 1 })}>
      <header>
        <h3>{t('provider.rule', { number: index + 1 })}</h3>
        <IconButton danger icon="trash" label={t('provider.rule.remove', { number: index + 1 })} onClick={() => props.onChange(props.rules.filter((_, place) => place !== index))} />
      </header>
      <TextInput name={`rule-${index}`} label={t('provider.rule.group')} value={rule.directoryGroup} onInput={(directoryGroup) => change(index, { directoryGroup })} help={t('provider.rule.group.help')} monospace />
      <Select
        name={`rule-kind-${index}`} label={t('provider.rule.gives')} value={rule.kind} onChange={(kind) => change(index, { kind: kind === 'role' ? 'role' : 'group' })}
        choices={[{ value: 'group', text: t('provider.rule.gives.group') }, { value: 'role', text: t('provider.rule.gives.role') }]}
      />
      {rule.kind === 'role'
        ? <Select name={`rule-role-${index}`} label={t('provider.rule.gives.role')} value={rule.role} onChange={(role) => change(index, { role })} placeholder="" choices={choices()} />
        : <Picker one name={`rule-group-${index}`} label={t('provider.rule.gives.group')} value={rule.group} onChange={(group) => change(index, { group })} path="/groups" />}
    </section>
  );
  return () => (
    <div>
      <h3>{t('provider.rules')}</h3>
      {props.error && <p class="field-error" role="alert">{props.error}</p>}
      {props.rules.map(fields)}
      <Button icon="plus" onClick={add}>{t('provider.rule.add')}</Button>
    </div>
  );
});

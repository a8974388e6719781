import { component, h } from '../../core/jsx';
import { t, tKnown } from '../../core/i18n';
import { roleName } from '../../core/names';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import type { List, Named, Organization, Page, Role } from '../../api/types';
import { Button, IconButton } from '../../ui/Button';
import { Select, TextInput, keeping } from '../../ui/inputs';
import { Picker } from '../../ui/Picker';
import { newCondition, newRule } from './rules';
import type { ConditionValues, RuleEffect, RuleValues } from './rules';

interface RuleFieldsProps { rules: RuleValues[]; onChange: (rules: RuleValues[]) => void; error?: string; directory?: boolean; messenger?: string }

/** A list with one of its items changed. */
const changed = <Item,>(list: Item[], index: number, patch: Partial<Item>): Item[] => list.map((one, place) => (place === index ? { ...one, ...patch } : one));
const without = <Item,>(list: Item[], index: number): Item[] => list.filter((_, place) => place !== index);

/** Who gets what here, one rule after the other: all conditions of a rule must hold. */
export const RuleFields = component<RuleFieldsProps>((props) => {
  const roles = useQuery<Page<Role>>(() => (may('roles.read') ? '/roles' : null));
  const places = useQuery<List<Organization>>(() => (may('organizations.read') ? '/organizations' : null));
  const groups = useQuery<Page<Named>>(() => (may('groups.read') && props.rules.some((rule) => rule.group.length) ? '/groups?limit=200' : null));
  const change = (index: number, patch: Partial<RuleValues>) => props.onChange(changed(props.rules, index, patch));
  // A built-in role is named by its word, whichever tenant it is.
  const choices = () => (roles.data?.items ?? []).map((role) => ({ value: role.builtIn ?? role.id, text: roleName(role) }));
  // At the top stands the company as a whole: where people belong is said by leaving the choice alone.
  const parts = () => (places.data?.items ?? []).filter((one) => one.parent).map((one) => ({ value: one.id, text: one.name }));
  const kinds = (kind: ConditionValues['kind']) => (['group', 'attribute', 'under'] as const)
    .filter((one) => one !== 'under' || props.directory || kind === 'under').map((one) => ({ value: one, text: t(`provider.condition.${one}`) }));
  // A rule names a group by its id alone.
  const named = (group: Named): Named => ({ ...group, name: groups.data?.items.find((one) => one.id === group.id)?.name ?? group.name });
  const operand = (one: ConditionValues, name: string, set: (patch: Partial<ConditionValues>) => void) => (
    <TextInput
      name={name} value={one.name} onInput={(text) => set({ name: text })} monospace
      label={t(one.kind === 'group' ? 'provider.rule.group' : one.kind === 'under' ? 'provider.condition.dn' : 'provider.condition.name')}
      help={t(one.kind === 'group' ? (props.messenger ? 'provider.rule.group.messenger' : 'provider.rule.group.help') : one.kind === 'under' ? 'provider.condition.dn.help' : 'provider.condition.name.help')}
    />
  );
  const condition = (rule: RuleValues, index: number) => (one: ConditionValues, place: number) => {
    const name = `rule-${index}-${place}`;
    const label = t('provider.condition', { number: place + 1 });
    const set = (patch: Partial<ConditionValues>) => change(index, { conditions: changed(rule.conditions, place, patch) });
    return (
      <div role="group" aria-label={label} key={place}>
        <div class="add-row">
          <Select name={`${name}-kind`} label={label} value={one.kind} onChange={(kind) => set({ kind: kind as ConditionValues['kind'] })} choices={kinds(one.kind)} />
          {rule.conditions.length > 1 && <IconButton icon="trash" label={t('provider.condition.remove', { number: place + 1 })} onClick={() => change(index, { conditions: without(rule.conditions, place) })} />}
        </div>
        {operand(one, name, set)}
        {one.kind === 'attribute' && <div class="fields-2">
          <Select
            name={`${name}-match`} label={t('provider.condition.match')} value={one.match} onChange={(match) => set({ match })}
            choices={[{ value: 'equals', text: t('provider.condition.equals') }, { value: 'starts-with', text: t('provider.condition.starts-with') }, { value: 'ends-with', text: t('provider.condition.ends-with') }]}
          />
          <TextInput name={`${name}-value`} label={t('provider.condition.value')} value={one.value} onInput={(value) => set({ value })} monospace />
        </div>}
      </div>
    );
  };
  const place = (rule: RuleValues, index: number) => (parts().length > 0 || rule.organization !== ''
    ? <Select
      name={`rule-place-${index}`} label={t('provider.rule.gives.place')} help={t('provider.rule.gives.place.help')} value={rule.organization} onChange={(organization) => change(index, { organization })}
      placeholder={t('organization.choose')} choices={keeping(parts(), rule.organization)}
    />
    : <p class="muted">{t('provider.rule.gives.place.none')}</p>);
  const gives = (rule: RuleValues, index: number) => (rule.kind === 'place' ? place(rule, index) : rule.kind === 'role'
    ? <div>
      <Select name={`rule-role-${index}`} label={t('provider.rule.gives.role')} value={rule.role} onChange={(role) => change(index, { role })} placeholder={t('role-request.choose')} choices={keeping(choices(), rule.role)} />
      {(parts().length > 0 || rule.organization !== '') && <Select
        name={`rule-place-${index}`} label={t('provider.rule.place')} value={rule.organization} onChange={(organization) => change(index, { organization })}
        placeholder={t('provider.rule.place.home')} choices={keeping(parts(), rule.organization)}
      />}
    </div>
    : <Picker one name={`rule-group-${index}`} label={t('provider.rule.gives.group')} value={rule.group.map(named)} onChange={(group) => change(index, { group })} path="/groups" />);
  const fields = (rule: RuleValues, index: number) => (
    <section class="fieldset" key={index} aria-label={t('provider.rule', { number: index + 1 })}>
      <header>
        <h3>{t('provider.rule', { number: index + 1 })}</h3>
        <IconButton danger icon="trash" label={t('provider.rule.remove', { number: index + 1 })} onClick={() => props.onChange(without(props.rules, index))} />
      </header>
      {rule.conditions.map(condition(rule, index))}
      {rule.conditions.length < 10 && <div class="row"><Button icon="plus" onClick={() => change(index, { conditions: [...rule.conditions, newCondition()] })}>{t('provider.condition.add')}</Button></div>}
      <Select
        name={`rule-kind-${index}`} label={t('provider.rule.gives')} value={rule.kind} onChange={(kind) => change(index, { kind: kind as RuleEffect })}
        choices={[{ value: 'group', text: t('provider.rule.gives.group') }, { value: 'role', text: t('provider.rule.gives.role') }, { value: 'place', text: t('provider.rule.gives.place') }]}
      />
      {gives(rule, index)}
    </section>
  );
  return () => (
    <div>
      <h3>{t('provider.rules')}</h3>
      {props.messenger && <p class="muted">{tKnown(`provider-rules.${props.messenger}`, '')}</p>}
      {props.error && <p class="field-error" role="alert">{props.error}</p>}
      {props.rules.map(fields)}
      <Button icon="plus" onClick={() => props.onChange([...props.rules, newRule()])}>{t('provider.rule.add')}</Button>
    </div>
  );
});

import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { hoursOf, number, secondsOf } from '../../core/time';
import type { ApprovalFloor, ApprovalRules } from '../../api/types';
import { Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { FormDrawer } from '../../ui/FormDrawer';
import { Checkbox, TextInput } from '../../ui/inputs';
import { Loaded } from '../../ui/Loaded';
import { Menu } from '../../ui/Menu';
import { ConditionFields, conditionParts } from './ConditionFields';
import { approvalRulesPath, conditionBody, conditionValues, floorWords, whenWords, type ConditionValues } from './flows';

/** The rules are replaced as a whole, if they are still those that the person saw. */
async function replace(seen: ApprovalRules, change: { floors?: unknown[]; mostOpenPerPerson?: number; mostOpen?: number }): Promise<void> {
  try {
    const { floors, mostOpenPerPerson, mostOpen } = seen;
    await api.put(approvalRulesPath, { floors, mostOpenPerPerson, mostOpen, ...change }, seen.version);
  } finally {
    invalidate(approvalRulesPath);
  }
}

/** What requests have to pass at least, in whichever organization. */
const FloorForm = component<{ seen: ApprovalRules; index: number; onClose: () => void }>((props) => {
  const floor: ApprovalFloor | undefined = props.seen.floors[props.index];
  const form = new Form({
    ...conditionValues(floor?.conditions ?? {}), name: floor?.name ?? '', least: String(floor?.levels ?? 0), quorum: String(floor?.quorum ?? 1), passkey: floor?.needsPasskey ?? false, asks: floor?.asksPeople ?? true,
    longest: hoursOf(floor?.atMostSeconds),
  });
  const save = async () => {
    const { values } = form;
    const floors: unknown[] = [...props.seen.floors];
    floors[props.index] = {
      name: values.name.trim(), conditions: conditionBody(values), levels: Number(values.least), quorum: Number(values.quorum), needsPasskey: values.passkey, asksPeople: values.asks, atMostSeconds: secondsOf(values.longest),
    };
    await replace(props.seen, { floors });
  };
  const field = (name: string) => `floors/${props.index}/${name}`;
  const known = () => ['name', 'levels', 'quorum', 'atMostSeconds', ...conditionParts(form.values)].map(field);
  return () => (
    <FormDrawer
      wide title={floor ? t('floor.edit', { name: floor.name }) : t('floor.new')} save={save} onClose={props.onClose} changed={form.isChanged} known={known()}
      fields={(state) => [
        <TextInput name="floor-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error(field('name'))} maxlength={100} autofocus />,
        <div class="fields-2">
          <TextInput name="floor-levels" label={t('floor.levels.label')} type="number" min={0} max={5} value={form.values.least} onInput={form.set('least')} error={state.error(field('levels'))} inputmode="numeric" />
          <TextInput name="floor-quorum" label={t('floor.quorum.label')} type="number" min={1} max={10} value={form.values.quorum} onInput={form.set('quorum')} error={state.error(field('quorum'))} inputmode="numeric" />
          <TextInput name="floor-longest" label={t('floor.longest')} optional value={form.values.longest} onInput={form.set('longest')} error={state.error(field('atMostSeconds'))} help={t('floor.longest.help')} inputmode="decimal" />
        </div>,
        <Checkbox name="floor-passkey" label={t('flow.passkey')} checked={form.values.passkey} onChange={form.set('passkey')} />,
        <Checkbox name="floor-asks" label={t('floor.asks')} checked={form.values.asks} onChange={form.set('asks')} help={t('floor.asks.help')} />,
        <ConditionFields form={form as unknown as Form<ConditionValues>} state={state} under={`floors/${props.index}/`} />,
      ]}
    />
  );
});

/** How many requests may be open. */
const LimitsForm = component<{ seen: ApprovalRules; onClose: () => void }>((props) => {
  const form = new Form({ own: String(props.seen.mostOpenPerPerson), all: String(props.seen.mostOpen) });
  const save = () => replace(props.seen, { mostOpenPerPerson: Number(form.values.own), mostOpen: Number(form.values.all) });
  return () => (
    <FormDrawer
      title={t('floor.limits')} save={save} onClose={props.onClose} changed={form.isChanged} known={['mostOpenPerPerson', 'mostOpen']}
      fields={(state) => [
        <TextInput name="most-own" label={t('floor.most-own')} type="number" min={1} max={1000} value={form.values.own} onInput={form.set('own')} error={state.error('mostOpenPerPerson')} inputmode="numeric" autofocus />,
        <TextInput name="most-all" label={t('floor.most-all')} type="number" min={1} max={1000000} value={form.values.all} onInput={form.set('all')} error={state.error('mostOpen')} inputmode="numeric" />,
      ]}
    />
  );
});

/** What no flow of the company goes below, and which do. */
export const ApprovalRulesSection = component(() => {
  const answer = useQuery<ApprovalRules>(() => approvalRulesPath);
  const editing = shallowRef<number | 'limits' | null>(null);
  const close = () => { editing.value = null; };
  const remove = (seen: ApprovalRules, index: number) => confirm({
    title: t('rule.remove.title', { name: seen.floors[index]?.name ?? '' }), text: t('floor.remove'), action: t('remove'), danger: true,
    work: () => replace(seen, { floors: seen.floors.filter((_, place) => place !== index) }),
  });
  const mayChange = () => may('approval-rules.manage');
  const line = (seen: ApprovalRules, floor: ApprovalFloor, index: number) => {
    const below = seen.below.filter((one) => one.floor === floor.name);
    return (
      <li key={`${index} ${floor.name}`}>
        <div class="grow stack">
          <b>{floor.name}</b>
          <span class="chips">{[...whenWords(floor.conditions), ...floorWords(floor)].map((words) => <Tag key={words}>{words}</Tag>)}</span>
          {below.length > 0 && <small class="bad-text">{t('floor.below', { names: below.map((one) => `${one.flowName} (${one.organizationName})`).join(', ') })}</small>}
        </div>
        {mayChange() && <Menu label={t('rule.actions', { name: floor.name })} icon="dots" quiet items={[
          { text: t('edit'), icon: 'edit', onPick: () => { editing.value = index; } }, { text: t('remove'), icon: 'trash', danger: true, onPick: () => void remove(seen, index) },
        ]} />}
      </li>
    );
  };
  return () => (
    <Section title={t('floor.title')}>
      <Loaded answer={answer} show={(seen: ApprovalRules) => [
        <p class="faint">{t('floor.lead')}</p>,
        seen.floors.length > 0 && <ul class="list roomy section" aria-label={t('floor.title')}>{seen.floors.map((floor, index) => line(seen, floor, index))}</ul>,
        <p>{t('floor.open', { own: number(seen.mostOpenPerPerson), all: number(seen.mostOpen) })}</p>,
        mayChange() && (
          <div class="row">
            <Button icon="plus" onClick={() => { editing.value = seen.floors.length; }}>{t('floor.new')}</Button>
            <Button onClick={() => { editing.value = 'limits'; }}>{t('floor.limits')}</Button>
          </div>
        ),
        typeof editing.value === 'number' && <FloorForm seen={seen} index={editing.value} onClose={close} />,
        editing.value === 'limits' && <LimitsForm seen={seen} onClose={close} />,
      ] as never} />
    </Section>
  );
});

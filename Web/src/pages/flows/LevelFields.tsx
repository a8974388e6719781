import { h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import type { CommentNeed, Webhook } from '../../api/types';
import { IconButton } from '../../ui/Button';
import type { FormState } from '../../ui/FormDrawer';
import { Checkbox, Choices, Select, TextInput } from '../../ui/inputs';
import { MemberFields } from '../sign-in-rules/MemberFields';
import { commentNeedName, commentNeeds, relationName, relations, type LevelValues, type PeopleValues } from './flows';

interface PeopleFieldsProps { prefix: string; value: PeopleValues; onChange: (patch: Partial<PeopleValues>) => void; error?: string }

/** People, groups, roles, and those who have to do with what is asked for. */
const PeopleFields = view<PeopleFieldsProps>((props) => (
  <div>
    <MemberFields
      prefix={props.prefix} users={props.value.users} groups={props.value.groups} roles={props.value.roles} error={props.error}
      onUsers={(users) => props.onChange({ users })} onGroups={(groups) => props.onChange({ groups })} onRoles={(roles) => props.onChange({ roles })}
    />
    <Choices many name={`${props.prefix}-relations`} label={t('flow.relations')} value={props.value.relations} onChange={(value) => props.onChange({ relations: value })} choices={relations.map((value) => ({ value, text: relationName(value) }))} />
  </div>
));

interface LevelFieldsProps {
  level: LevelValues; index: number; state: FormState; webhooks: Webhook[]; onChange: (patch: Partial<LevelValues>) => void; onRemove?: () => void; onUp?: () => void;
}

/** One level: who decides, how many of them, until when, and what happens if they do not. */
export const LevelFields = view<LevelFieldsProps>((props) => {
  const { level: one, index, state, onChange } = props;
  const error = (name: string) => state.error(`levels/${index}/${name}`);
  const title = t('path.level', { level: index + 1 });
  return (
    <section class="fieldset" aria-label={title}>
      <header>
        <h3>{title}</h3>
        <span class="row">
          {props.onUp && <IconButton icon="arrow-up" label={t('flow.level.up', { level: index + 1 })} onClick={props.onUp} />}
          {props.onRemove && <IconButton danger icon="trash" label={t('flow.level.remove', { level: index + 1 })} onClick={props.onRemove} />}
        </span>
      </header>
      <div class="fields-2">
        <TextInput name={`level-${index}`} label={t('name')} value={one.name} onInput={(name) => onChange({ name })} error={error('name')} placeholder={t('flow.level.placeholder')} maxlength={100} />
        <TextInput name={`quorum-${index}`} label={t('flow.quorum')} type="number" min={1} max={10} value={one.quorum} onInput={(quorum) => onChange({ quorum })} error={error('quorum')} inputmode="numeric" />
      </div>
      <PeopleFields prefix={`level-${index}`} value={one} onChange={onChange} error={error('approvers')} />
      <div class="fields-2">
        <TextInput name={`deadline-${index}`} label={t('flow.deadline')} value={one.deadline} onInput={(deadline) => onChange({ deadline })} error={error('deadlineSeconds')} inputmode="decimal" />
        <TextInput name={`reminder-${index}`} label={t('flow.reminder')} optional value={one.reminder} onInput={(reminder) => onChange({ reminder })} error={error('reminderSeconds')} inputmode="decimal" />
        <Select name={`lapse-${index}`} label={t('flow.lapse')} value={one.lapse} onChange={(lapse) => onChange({ lapse })} choices={['expired', 'rejected'].map((value) => ({ value, text: t(value === 'expired' ? 'flow.lapse.expired' : 'flow.lapse.rejected') }))} />
        <TextInput name={`escalation-${index}`} label={t('flow.escalation')} optional value={one.escalation} onInput={(escalation) => onChange({ escalation })} error={error('escalation') ?? error('escalation/afterSeconds')} inputmode="decimal" help={t('flow.escalation.help')} />
      </div>
      {one.escalation.trim() !== '' && <PeopleFields prefix={`later-${index}`} value={one.later} onChange={(patch) => onChange({ later: { ...one.later, ...patch } })} error={error('escalation/approvers')} />}
      {props.webhooks.length > 0 && <Select name={`webhook-${index}`} label={t('flow.webhook')} value={one.webhook} onChange={(webhook) => onChange({ webhook })} placeholder={t('flow.webhook.none')} choices={props.webhooks.map((webhook) => ({ value: webhook.id, text: webhook.name }))} help={t('flow.webhook.help')} error={error('webhook')} />}
      <Select name={`comments-${index}`} label={t('flow.comment')} value={one.needsComment} onChange={(need) => onChange({ needsComment: need as CommentNeed })} choices={commentNeeds.map((value) => ({ value, text: commentNeedName(value) }))} help={t('flow.comment.help')} error={error('needsComment')} />
      <Checkbox name={`passkey-${index}`} label={t('flow.passkey')} checked={one.needsPasskey} onChange={(needsPasskey) => onChange({ needsPasskey })} help={t('flow.passkey.help')} />
    </section>
  );
});

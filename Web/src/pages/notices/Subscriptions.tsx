import { reactive, shallowRef, watch } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { Problem } from '../../core/problem';
import { invalidate, useQuery } from '../../core/query';
import { toast } from '../../core/toasts';
import type { NoticeSubscriptions } from '../../api/types';
import { Section } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Loaded } from '../../ui/Loaded';
import { ProblemNote } from '../../ui/ProblemNote';
import { Checkbox, Select, TextInput } from '../../ui/inputs';
import { WishFields } from './WishFields';
import { chosen, wishes, type Choices } from './wishes';

const path = '/my/notice-subscriptions';
const zones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

/** Where one is told of what, and when not. */
export const Subscriptions = component(() => {
  const answer = useQuery<NoticeSubscriptions>(() => path);
  const form = reactive({ choices: {} as Choices, isQuiet: false, from: '22:00', to: '07:00', zone: '', digest: 'off' });
  const busy = shallowRef(false);
  const problem = shallowRef<Problem | null>(null);
  watch(() => answer.data, (data) => {
    if (!data) return;
    Object.assign(form, {
      choices: chosen(data.types), isQuiet: data.quiet !== null, from: data.quiet?.from ?? form.from, to: data.quiet?.to ?? form.to, zone: data.timeZone ?? '', digest: data.digest,
    });
  }, { immediate: true });
  const save = async (data: NoticeSubscriptions) => {
    busy.value = true;
    problem.value = null;
    try {
      await api.put(path, {
        wishes: wishes(data.types, form.choices), quiet: form.isQuiet ? { from: form.from, to: form.to } : null, timeZone: form.zone || null, digest: form.digest,
      });
      invalidate(path);
      toast(t('notices.saved'));
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  const show = (data: NoticeSubscriptions) => (
    <form onSubmit={(event: Event) => { event.preventDefault(); void save(data); }}>
      {problem.value && <ProblemNote problem={problem.value} known={['timeZone', 'quiet/from', 'quiet/to']} />}
      <Section title={t('notices.ways')}>
        <div class="card"><WishFields types={data.types} chats={data.chats} choices={form.choices} onChange={(type, ways) => { form.choices = { ...form.choices, [type]: ways }; }} /></div>
      </Section>
      <Section title={t('notices.times')}>
        <div class="card">
          <Checkbox name="quiet" label={t('notices.quiet')} checked={form.isQuiet} onChange={(on) => { form.isQuiet = on; }} help={t('notices.quiet.help')} />
          {form.isQuiet && (
            <div class="add-row">
              <TextInput name="quiet-from" type="time" label={t('notices.quiet.from')} value={form.from} onInput={(value) => { form.from = value; }} error={problem.value?.field('quiet/from')} />
              <TextInput name="quiet-to" type="time" label={t('notices.quiet.to')} value={form.to} onInput={(value) => { form.to = value; }} error={problem.value?.field('quiet/to')} />
            </div>
          )}
          <Select name="digest" label={t('notices.digest')} value={form.digest} onChange={(value) => { form.digest = value; }} help={t('notices.digest.help')} choices={[{ value: 'off', text: t('notices.digest.off') }, { value: 'hourly', text: t('notices.digest.hourly') }, { value: 'daily', text: t('notices.digest.daily') }]} />
          <Select name="zone" label={t('notices.zone')} value={form.zone} onChange={(value) => { form.zone = value; }} placeholder={t('notices.zone.company')} choices={zones().map((zone) => ({ value: zone, text: zone }))} error={problem.value?.field('timeZone')} />
        </div>
      </Section>
      <Button submit kind="primary" busy={busy.value}>{t('save')}</Button>
    </form>
  );
  return () => <Loaded answer={answer} show={show} />;
});

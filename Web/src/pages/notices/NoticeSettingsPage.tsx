import { reactive, shallowRef, watch } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { language, languages, t } from '../../core/i18n';
import { Problem } from '../../core/problem';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { List, NoticeDefaults, NoticePreview, NoticeTemplate, TypeSubscription } from '../../api/types';
import { Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { ProblemNote } from '../../ui/ProblemNote';
import { Tabs, currentTab } from '../../ui/Tabs';
import { Select, TextArea, TextInput } from '../../ui/inputs';
import { WishFields, typeName, wayName } from './WishFields';
import { chosen, wishes, type Choices } from './wishes';

/** What a company has as its people's standard, and its own words. */
export const NoticeSettingsPage = component(() => {
  const tabs = () => [{ id: 'templates', text: t('notices.templates') }, { id: 'defaults', text: t('notices.defaults') }];
  return () => (
    <Page title={t('page.settings.notices')} narrow>
      <Tabs tabs={tabs()} label={t('page.settings.notices')} />
      {currentTab(tabs()) === 'templates' ? <Templates /> : <Defaults />}
    </Page>
  );
});

const Defaults = component(() => {
  const answer = useQuery<NoticeDefaults>(() => '/notice-defaults');
  const choices = shallowRef<Choices>({});
  watch(() => answer.data, (data) => { if (data) choices.value = chosen(data.types); }, { immediate: true });
  const save = (types: TypeSubscription[]) => act(() => api.put('/notice-defaults', { wishes: wishes(types, choices.value, true) }), { done: t('notices.saved'), changes: ['/notice-defaults', '/my/notice-subscriptions'] });
  return () => (
    <Loaded answer={answer} show={(data: NoticeDefaults) => (
      <form onSubmit={(event: Event) => { event.preventDefault(); void save(data.types); }}>
        <p class="lead">{t('notices.defaults.lead')}</p>
        <div class="card"><WishFields types={data.types} chats={data.chats} choices={choices.value} onChange={(type, ways) => { choices.value = { ...choices.value, [type]: ways }; }} /></div>
        {may('notices.manage') && <div class="row end"><Button submit kind="primary">{t('save')}</Button></div>}
      </form>
    )} />
  );
});

const Templates = component(() => {
  const answer = useQuery<List<NoticeTemplate>>(() => '/notice-templates');
  const place = reactive({ type: '', channel: '', language: '' });
  const words = reactive({ title: '', body: '' });
  const preview = shallowRef<NoticePreview | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const busy = shallowRef(false);
  const items = () => answer.data?.items ?? [];
  const unique = (values: string[]) => [...new Set(values)];
  const types = () => unique(items().map((one) => one.type));
  const ways = () => unique(items().filter((one) => one.type === place.type).map((one) => one.channel));
  const current = () => items().find((one) => one.type === place.type && one.channel === place.channel && one.language === place.language);
  const fill = () => {
    if (!items().length) return;
    if (!types().includes(place.type)) place.type = types()[0] ?? '';
    if (!ways().includes(place.channel)) place.channel = ways()[0] ?? '';
    if (!place.language) place.language = language();
    const found = current();
    if (found) Object.assign(words, { title: found.title, body: found.body });
    preview.value = problem.value = null;
  };
  watch(() => [answer.data, place.type, place.channel, place.language], fill, { immediate: true });
  const attempt = async (work: () => Promise<void>) => {
    busy.value = true;
    problem.value = null;
    try {
      await work();
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  const body = () => ({ ...place, title: words.title, body: words.body });
  const save = () => attempt(async () => { await api.put('/notice-templates', body()); invalidate('/notice-templates'); toast(t('notices.saved')); });
  const reset = () => attempt(async () => { await api.post('/notice-templates/reset', { ...place }); invalidate('/notice-templates'); toast(t('notices.template.reset.done')); });
  const show = () => attempt(async () => { preview.value = await api.post<NoticePreview>('/notice-templates/preview', body()); });
  const isChanged = () => { const found = current(); return !!found && (found.title !== words.title || found.body !== words.body); };
  return () => (
    <Loaded answer={answer} show={() => (
      <form class="card" onSubmit={(event: Event) => { event.preventDefault(); void save(); }}>
        <Select name="template-type" label={t('notices.type')} value={place.type} onChange={(type) => { place.type = type; }} choices={types().map((type) => ({ value: type, text: typeName(type) }))} />
        <div class="add-row">
          <Select name="template-way" label={t('notices.way')} value={place.channel} onChange={(channel) => { place.channel = channel; }} choices={ways().map((channel) => ({ value: channel, text: wayName(channel) }))} />
          <Select name="template-language" label={t('language')} value={place.language} onChange={(code) => { place.language = code; }} choices={languages.map((one) => ({ value: one.code, text: one.name }))} />
        </div>
        <p>{current()?.isOwn ? <Tag tone="live">{t('notices.template.own')}</Tag> : <Tag>{t('notices.template.standard')}</Tag>}</p>
        {problem.value && <ProblemNote problem={problem.value} known={['title', 'body']} />}
        <TextInput name="template-title" label={t('notices.template.title')} value={words.title} onInput={(value) => { words.title = value; }} error={problem.value?.field('title')} disabled={!may('notices.manage')} />
        <TextArea name="template-body" label={t('notices.template.body')} rows={8} value={words.body} onInput={(value) => { words.body = value; }} error={problem.value?.field('body')} disabled={!may('notices.manage')} />
        <p class="hint">{t('notices.template.places')} {(current()?.places ?? []).map((name) => <code key={name} class="place">{`{{${name}}}`}</code>)}</p>
        <div class="row wrap">
          {may('notices.manage') && <Button submit kind="primary" busy={busy.value} disabled={!isChanged()}>{t('save')}</Button>}
          <Button icon="eye" busy={busy.value} onClick={() => void show()}>{t('notices.template.preview')}</Button>
          {may('notices.manage') && current()?.isOwn && <Button icon="refresh" busy={busy.value} onClick={() => void reset()}>{t('notices.template.reset')}</Button>}
        </div>
        {preview.value && (
          <Section title={t('notices.template.preview')}>
            <div class="notice-preview" data-testid="notice-preview"><strong>{preview.value.title}</strong><p class="notice-body">{preview.value.body}</p></div>
          </Section>
        )}
      </form>
    )} />
  );
});

import { reactive, ref, shallowRef } from 'vue';
import { component, h } from '../core/jsx';
import { api } from '../core/client';
import { language, t } from '../core/i18n';
import { Problem } from '../core/problem';
import type { SignUpFace } from '../api/types';
import { EmptyState, ErrorState, Skeleton } from '../ui/bits';
import { Button } from '../ui/Button';
import { ProblemNote } from '../ui/ProblemNote';
import { TextInput } from '../ui/inputs';

/** "Müller & Söhne GmbH" -> "muller-sohne-gmbh": a first idea for the address. */
export const slugOf = (company: string): string =>
  company.normalize('NFKD').toLowerCase().replace(/[^a-z0-9\s-]/g, '').trim().replace(/[\s-]+/g, '-').replace(/^[^a-z]+/, '').slice(0, 40).replace(/-+$/, '');

/** A company's form: what it is called, where it will be, and who begins. The mail that follows has the rest. */
export const SignUpPage = component(() => {
  const face = shallowRef<SignUpFace | Problem | null>(null);
  const form = reactive({ company: '', slug: '', person: '', email: '' });
  const isOwnSlug = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const busy = ref(false);
  const mailedTo = ref('');
  const load = () => api.get<SignUpFace>('/sign-up').then((found) => { face.value = found; }, (error) => { face.value = Problem.wrap(error); });
  void load();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    problem.value = null;
    try {
      const body = { company: form.company.trim(), slug: form.slug.trim(), person: form.person.trim(), email: form.email.trim(), language: language() };
      mailedTo.value = (await api.post<{ mailedTo: string }>('/sign-up', body)).mailedTo;
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  const isComplete = () => form.company.trim() && form.slug.trim() && form.person.trim() && form.email.includes('@');
  return () => {
    const shown = face.value;
    if (!shown) return <Skeleton lines={5} />;
    if (shown instanceof Problem) return <ErrorState problem={shown} retry={() => { face.value = null; void load(); }} />;
    if (shown.mode === 'off') return <EmptyState icon="lock" title={t('sign-up.off')} text={shown.contact ? t('sign-up.off.contact', { contact: shown.contact }) : t('sign-up.off.text')} />;
    if (mailedTo.value) return (
      <EmptyState icon="send" title={t('sign-up.mailed')} text={t('sign-up.mailed.text', { address: mailedTo.value })} action={t('sign-up.again')} onAction={() => { mailedTo.value = ''; }} />
    );
    return (
      <div>
        <h1>{t('sign-up.title')}</h1>
        <p class="lead">{t(shown.mode === 'approval' ? 'sign-up.lead.approval' : 'sign-up.lead', { days: shown.trialDays })}</p>
        {problem.value && problem.value.kind !== 'slug-taken' && <ProblemNote problem={problem.value} known={['company', 'slug', 'person', 'email']} />}
        <form onSubmit={submit}>
          <TextInput name="company" label={t('sign-up.company')} value={form.company} autofocus autocomplete="organization" error={problem.value?.field('company')}
            onInput={(value) => { form.company = value; if (!isOwnSlug.value) form.slug = slugOf(value); }} />
          <TextInput name="slug" label={t('sign-up.slug')} value={form.slug} monospace maxlength={40} error={problem.value?.field('slug') ?? (problem.value?.kind === 'slug-taken' ? t('problem.slug-taken') : undefined)}
            help={t('sign-up.slug.help', { host: `${form.slug || '…'}.${shown.baseDomain}` })} onInput={(value) => { form.slug = value; isOwnSlug.value = value !== ''; }} />
          <TextInput name="person" label={t('sign-up.person')} value={form.person} autocomplete="name" error={problem.value?.field('person')} onInput={(value) => { form.person = value; }} />
          <TextInput name="email" label={t('sign-up.email')} type="email" value={form.email} autocomplete="email" error={problem.value?.field('email')} onInput={(value) => { form.email = value; }} />
          <Button kind="primary" submit busy={busy.value} disabled={!isComplete()}>{t('sign-up.submit')}</Button>
        </form>
      </div>
    );
  };
});

import { h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import type { FormState } from '../../ui/FormDrawer';
import { TextArea, TextInput } from '../../ui/inputs';
import type { AnnouncementValues } from './announcements';

/** What every announcement says, and from when until when. */
export const AnnouncementFields = view<{ values: AnnouncementValues; set: (name: keyof AnnouncementValues) => (value: string) => void; state: FormState }>(({ values, set, state }) => [
  <TextInput name="announcement-title" label={t('announcement.title')} value={values.title} onInput={set('title')} error={state.error('title')} autofocus />,
  <TextArea name="announcement-body" label={t('announcement.body')} rows={5} value={values.body} onInput={set('body')} error={state.error('body')} />,
  <TextInput name="announcement-from" type="datetime-local" label={t('announcement.from')} optional value={values.startsAt} onInput={set('startsAt')} error={state.error('startsAt')} help={t('announcement.from.help')} />,
  <TextInput name="announcement-until" type="datetime-local" label={t('announcement.until')} value={values.endsAt} onInput={set('endsAt')} error={state.error('endsAt')} />,
] as never);

import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { number } from '../../core/time';
import { toast } from '../../core/toasts';
import type { FaceComponent } from '../../api/types';
import { Fact, Facts, RelativeTime, Section, StateTag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { FormDrawer } from '../../ui/FormDrawer';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { Checkbox, TextInput } from '../../ui/inputs';
import { showOnce } from '../../ui/SecretOnce';

const path = '/face-component';

/** What looks at faces for the company: a page with a camera, and the key by which it proves itself. */
export const FaceComponentPage = component(() => {
  const answer = useQuery<FaceComponent>(() => path);
  const editing = ref(false);
  const makeKey = async () => {
    const { key } = await api.post<{ key: string }>(`${path}/key`);
    invalidate(path);
    showOnce({ title: t('face.key'), text: t('face.key.text'), value: key });
  };
  const askForKey = (isRolled: boolean) => confirm({
    title: t(isRolled ? 'face.key.roll.title' : 'face.key.make'), text: t(isRolled ? 'face.key.roll.text' : 'face.key.first'), action: t('face.key.make'), danger: isRolled, work: makeKey,
  });
  const show = (one: FaceComponent) => [
    <Section title={t('face.component')} actions={() => may('identity-providers.manage') && <Button onClick={() => { editing.value = true; }}>{t('edit')}</Button>}>
      <Facts>
        <Fact label="state"><StateTag state={one.enabled && one.keyMadeAt ? 'enabled' : 'disabled'} /></Fact>
        <Fact label="face.page">{one.pageUrl ? <code>{one.pageUrl}</code> : t('face.page.none')}</Fact>
        <Fact label="face.liveness">{t(one.liveness ? 'yes' : 'no')}</Fact>
        <Fact label="face.people">{number(one.people)}</Fact>
      </Facts>
      {editing.value && <ComponentForm component={one} onClose={() => { editing.value = false; }} />}
    </Section>,
    <Section title={t('face.key')} actions={() => may('identity-providers.manage') && <Button icon="refresh" onClick={() => void askForKey(one.keyMadeAt !== null)}>{t('face.key.make')}</Button>}>
      <Facts>
        <Fact label="face.key.made"><RelativeTime time={one.keyMadeAt} none={t('never')} /></Fact>
        <Fact label="face.endpoint"><code>{`${location.origin}/api/v1/face-checks/{context}`}</code></Fact>
      </Facts>
    </Section>,
  ];
  return () => (
    <Page title={t('page.face-component')} lead={t('face.component.lead')} narrow>
      <Loaded answer={answer} lines={5} show={show} />
    </Page>
  );
});

const ComponentForm = component<{ component: FaceComponent; onClose: () => void }>((props) => {
  const form = new Form({ pageUrl: props.component.pageUrl ?? '', enabled: props.component.enabled, liveness: props.component.liveness });
  const save = async () => {
    await api.put(path, { ...form.values, pageUrl: form.values.pageUrl.trim() }, props.component.version);
    invalidate(path);
    toast(t('face.component.saved'));
  };
  return () => (
    <FormDrawer
      title={t('face.component')} save={save} onClose={props.onClose} changed={form.isChanged} note={t('face.component.note')} known={['pageUrl']}
      fields={(state) => [
        <TextInput
          name="pageUrl" label={t('face.page')} value={form.values.pageUrl} onInput={form.set('pageUrl')} error={state.error('pageUrl')} help={t('face.page.help')}
          placeholder="https://" monospace autofocus
        />,
        <Checkbox name="liveness" label={t('face.liveness')} checked={form.values.liveness} onChange={form.set('liveness')} help={t('face.liveness.help')} />,
        <Checkbox name="enabled" label={t('face.enabled')} checked={form.values.enabled} onChange={form.set('enabled')} help={t('face.enabled.help')} />,
      ]}
    />
  );
});

import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import type { FaceCapture } from '../../core/face';
import { t } from '../../core/i18n';
import { Problem } from '../../core/problem';
import { loadSession, me } from '../../core/session';
import { toast } from '../../core/toasts';
import { Section } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Dialog } from '../../ui/Dialog';
import { Icon } from '../../ui/Icon';
import { Checkbox } from '../../ui/inputs';
import { ProblemNote } from '../../ui/ProblemNote';
import { FaceCheck } from '../sign-in/FaceCheck';

/** One's face as a second factor, where the company has what looks at faces. */
export const Face = component(() => {
  const adding = ref(false);
  const has = () => me.value?.factors?.includes('face') ?? false;
  const remove = () => confirm({
    title: t('face.delete.title'), text: t('face.delete.text'), action: t('delete'), danger: true,
    work: async () => { await api.delete('/me/face'); await loadSession(); toast(t('face.deleted')); },
  });
  return () => (has() || me.value?.mayAddFace) && (
    <Section title={t('face.title')} actions={() => me.value?.mayAddFace && <Button icon={has() ? 'refresh' : 'plus'} onClick={() => { adding.value = true; }}>{t(has() ? 'face.again' : 'face.add')}</Button>}>
      <ul class="list">
        <li>
          <Icon name="user" />
          <div class="grow"><b>{t(has() ? 'face.there' : 'face.none')}</b><small>{t('face.help')}</small></div>
          {has() && <Button small kind="danger" onClick={() => void remove()}>{t('delete')}</Button>}
        </li>
      </ul>
      {adding.value && <FaceForm onClose={() => { adding.value = false; }} />}
    </Section>
  );
});

/** Nobody is looked at before they have said that what comes of it may be kept. */
const FaceForm = component<{ onClose: () => void }>((props) => {
  const consent = ref(false);
  const busy = ref(false);
  const problem = ref<Problem | null>(null);
  const keep = async (code: string) => {
    busy.value = true;
    problem.value = null;
    try {
      await api.post('/me/face/confirm', { code });
      await loadSession();
      toast(t('face.there'));
      props.onClose();
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  return () => (
    <Dialog title={t('face.add')} onClose={() => props.onClose()} footer={() => <Button onClick={() => props.onClose()}>{t('cancel')}</Button>}>
      {problem.value && <ProblemNote problem={problem.value as Problem} />}
      <p class="confirm-text">{t('face.consent.text')}</p>
      <Checkbox name="face-consent" label={t('face.consent')} checked={consent.value} onChange={(value) => { consent.value = value; }} />
      <FaceCheck only label={t('face.show')} begin={() => api.post<FaceCapture>('/me/face', { consent: consent.value })} onCode={keep} busy={busy.value} disabled={!consent.value} />
    </Dialog>
  );
});

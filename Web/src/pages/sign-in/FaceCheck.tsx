import { onBeforeUnmount, ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { awaitReturn, type FaceCapture } from '../../core/face';
import { t, type Key } from '../../core/i18n';
import { Problem } from '../../core/problem';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { ProblemNote } from '../../ui/ProblemNote';
import { focus } from '../../ui/inputs';

/** The server gives a minute to the camera and another one to the way back. */
const patience = 120_000;

/** Sends somebody to the company's camera page in a window of its own, and goes on with what that window brings back. */
export const FaceCheck = component<{ begin: () => Promise<FaceCapture>; onCode: (code: string) => Promise<void>; label?: string; busy?: boolean; disabled?: boolean; only?: boolean }>((props) => {
  const capture = shallowRef<FaceCapture | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const note = shallowRef<Key | null>(null);
  const busy = ref(false);
  let release = () => {};
  let late: ReturnType<typeof setTimeout> | undefined;
  const end = (why: Key | null) => {
    release();
    clearTimeout(late);
    capture.value = null;
    note.value = why;
  };
  onBeforeUnmount(() => end(null));
  const begin = async () => {
    busy.value = true;
    problem.value = null;
    end(null);
    try {
      const made = await props.begin();
      release = awaitReturn(made.check, (code) => {
        end(code ? null : 'face.failed');
        if (code) void props.onCode(code);
      });
      late = setTimeout(() => end('face.late'), patience);
      capture.value = made;
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  return () => (
    <div class="face-check">
      {problem.value && <ProblemNote problem={problem.value} />}
      {note.value && <p class="error-text" role="alert">{t(note.value)}</p>}
      {capture.value
        ? [
          <p role="status">{t('face.waiting')}</p>,
          <a class="button primary" href={capture.value.url} target="_blank" rel="noopener noreferrer" onVnodeMounted={focus}><Icon name="external-link" size={16} />{t('face.open')}</a>,
        ]
        : <Button kind={props.only ? 'primary' : 'plain'} icon="user" busy={busy.value || props.busy} disabled={props.disabled} onClick={() => void begin()}>{props.label ?? t('face.use')}</Button>}
    </div>
  );
});

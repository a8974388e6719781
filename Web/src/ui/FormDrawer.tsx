import { onBeforeUnmount, ref, shallowRef } from 'vue';
import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { Problem } from '../core/problem';
import { guardLeaving } from '../core/router';
import { confirm } from './confirm';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { ProblemNote } from './ProblemNote';

/** What a form's fields read: the problem of the last attempt. */
export interface FormState { error(name: string): string | undefined }

interface FormDrawerProps {
  title: string; save: () => Promise<void>; onClose: () => void; saveText?: string; changed: boolean; wide?: boolean; known?: string[];
  fields: (form: FormState) => unknown; note?: string; disabled?: boolean; dialog?: boolean;
}

/**
 * The form for create and edit: errors of the server stand at their fields (those of fields in `known`) or on top, Ctrl-Enter saves,
 * leaving with changes asks. It closes when the save went through.
 */
export const FormDrawer = component<FormDrawerProps>((props) => {
  const problem = shallowRef<Problem | null>(null);
  const busy = ref(false);
  const form: FormState = { error: (name) => problem.value?.field(name) };
  const guard = {
    holds: () => props.changed && !busy.value,
    ask: () => confirm({ title: t('form.leave.title'), text: t('form.leave.text'), action: t('form.leave.action'), danger: true }),
  };
  const release = guardLeaving(guard);
  onBeforeUnmount(release);
  const close = async () => { if (!guard.holds() || (await guard.ask())) { release(); props.onClose(); } };
  const save = async () => {
    if (busy.value || props.disabled) return;
    busy.value = true;
    problem.value = null;
    try {
      await props.save();
      release();
      props.onClose();
    } catch (error) {
      problem.value = Problem.wrap(error);
      setTimeout(() => {
        const wrong = document.querySelector<HTMLElement>('.dialog[open] [aria-invalid=true]');
        // What no field shows stands on top, which a long form has scrolled away.
        if (wrong) wrong.focus(); else document.querySelector('.dialog[open] #drawer-form > .note')?.scrollIntoView({ block: 'nearest' });
      });
    } finally {
      busy.value = false;
    }
  };
  const onKeydown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); void save(); }
  };
  return () => (
    <Dialog
      title={props.title} drawer={!props.dialog} wide={props.wide} onClose={close} onKeydown={onKeydown}
      footer={() => [
        <span class="hint"><kbd>{t('form.save.keys')}</kbd></span>,
        <Button onClick={close}>{t('cancel')}</Button>,
        <Button kind="primary" submit form="drawer-form" busy={busy.value} disabled={props.disabled}>{props.saveText ?? t('save')}</Button>,
      ]}
    >
      <form id="drawer-form" novalidate onSubmit={(event: Event) => { event.preventDefault(); void save(); }}>
        {problem.value && <ProblemNote problem={problem.value} known={props.known} />}
        {props.note && <p class="form-note">{props.note}</p>}
        {props.fields(form) as never}
      </form>
    </Dialog>
  );
});

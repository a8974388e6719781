import { ref, shallowRef } from 'vue';
import { component, h } from '../core/jsx';
import { t } from '../core/i18n';
import { Problem } from '../core/problem';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { ProblemNote } from './ProblemNote';
import { TextArea, TextInput } from './inputs';

interface Question {
  title: string; text: string; action: string; danger?: boolean;
  /** What it comes to, one line each, below the text. */
  list?: string[];
  /** What else could be done, below that. */
  note?: string;
  /** What has to be typed before something that cannot be undone. */
  typeName?: string;
  /** Asks for a reason, which goes to the work. */
  reason?: { label: string; optional?: boolean };
  /** Done while the dialog is open, so that a refusal shows where the question was. */
  work?: (reason: string) => Promise<void>;
}

const open = shallowRef<{ question: Question; answer(yes: boolean): void }[]>([]);

/** Asks before something with consequences; true when it was done. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const entry = { question, answer(yes: boolean) { open.value = open.value.filter((one) => one !== entry); resolve(yes); } };
    open.value = [...open.value, entry];
  });
}

export const Confirmations = component(() => () => open.value.map((entry, index) => <ConfirmDanger key={index} question={entry.question} answer={entry.answer} />));

const ConfirmDanger = component<{ question: Question; answer: (yes: boolean) => void }>((props) => {
  const typed = ref('');
  const reason = ref('');
  const busy = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const go = async () => {
    busy.value = true;
    try {
      await props.question.work?.(reason.value.trim());
      props.answer(true);
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  const ready = () => (!props.question.typeName || typed.value === props.question.typeName) && (!props.question.reason || props.question.reason.optional || reason.value.trim() !== '');
  return () => {
    const { question } = props;
    return (
      <Dialog
        title={question.title} onClose={() => props.answer(false)}
        footer={() => [
          <Button onClick={() => props.answer(false)}>{t('cancel')}</Button>,
          <Button kind={question.danger ? 'danger' : 'primary'} submit form="confirm-form" busy={busy.value} disabled={!ready()}>{question.action}</Button>,
        ]}
      >
        <form id="confirm-form" onSubmit={(event: Event) => { event.preventDefault(); if (ready()) void go(); }}>
          {problem.value && <ProblemNote problem={problem.value} />}
          <p class="confirm-text">{question.text}</p>
          {question.list && question.list.length > 0 && <ul class="confirm-list">{question.list.map((line) => <li key={line}>{line}</li>)}</ul>}
          {question.note && <p class="note">{question.note}</p>}
          {question.reason && <TextArea name="confirm-reason" label={question.reason.label} optional={question.reason.optional} value={reason.value} onInput={(value) => { reason.value = value; }} rows={2} autofocus />}
          {question.typeName && <TextInput name="confirm-name" label={t('confirm.type', { name: question.typeName })} value={typed.value} onInput={(value) => { typed.value = value; }} />}
        </form>
      </Dialog>
    );
  };
});

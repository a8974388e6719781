import { watch } from 'vue';
import { component, h } from '../../core/jsx';
import { t, tKnown, type Key } from '../../core/i18n';
import { navigate, route } from '../../core/router';
import { safeReturn } from '../../core/paths';
import { hasPasskeys } from '../../core/passkey';
import { endedBecause, me } from '../../core/session';
import { EmptyState } from '../../ui/bits';
import { Icon } from '../../ui/Icon';
import { ProblemNote } from '../../ui/ProblemNote';
import { Button } from '../../ui/Button';
import { SignInFrame } from './SignInFrame';
import { SignIn, type Stage } from './steps';
import { PasswordStep } from './PasswordStep';
import { ChallengeStep } from './ChallengeStep';
import { CodeStep } from './CodeStep';
import { EnrolStep } from './EnrolStep';
import { NewPasswordStep } from './NewPasswordStep';
import { RecoveryCodesStep } from './RecoveryCodesStep';
import { ReviewStep } from './ReviewStep';

const titles: Record<Stage, { title: Key; lead?: Key }> = {
  password: { title: 'sign-in.title' },
  invitation: { title: 'invitation.title', lead: 'invitation.lead' },
  challenge: { title: 'challenge.title', lead: 'challenge.lead' },
  'second-factor': { title: 'second-factor.title', lead: 'second-factor.lead' },
  enrol: { title: 'enrol.title', lead: 'enrol.lead' },
  'change-password': { title: 'change-password.title', lead: 'change-password.lead' },
  review: { title: 'review.title', lead: 'review.lead' },
  'recovery-codes': { title: 'recovery.title', lead: 'recovery.lead' },
  done: { title: 'sign-in.title' },
};

/** Signing in, one question after the other. An invitation starts the same way with a new password. */
export const SignInSteps = component<{ signIn: SignIn; onDone: () => void }>((props) => () => {
  const { signIn } = props;
  const stage = signIn.stage.value;
  const texts = titles[stage];
  const state = { problem: signIn.problem.value, busy: signIn.busy.value };
  const lead = stage === 'second-factor' && !signIn.factors.value.includes('authenticator') ? 'second-factor.lead.passkey' : texts.lead;
  const finish = async () => { await signIn.finish(); if (me.value) props.onDone(); };
  return (
    <SignInFrame title={t(texts.title)} lead={lead && t(lead)}>
      {stage === 'invitation' && state.problem?.kind === 'sign-in-expired' ? (
        <EmptyState icon="ticket" title={t('invitation.over')} text={t('invitation.over.text')} action={t('sign-in.title')} to="/sign-in" />
      ) : state.problem && <ProblemNote problem={state.problem} known={['login', 'password', 'code']} />}
      {stage === 'password' && !state.problem && endedBecause.value && <div class="note" role="status"><Icon name="logout" /><div>{tKnown(`ended.${endedBecause.value}`, '')}</div></div>}
      {stage === 'password' && <PasswordStep {...state} onSubmit={signIn.password} />}
      {stage === 'challenge' && <ChallengeStep {...state} key={signIn.prompt.value} prompt={signIn.prompt.value} onSubmit={signIn.challenge} />}
      {stage === 'password' && hasPasskeys && <Button icon="key" disabled={state.busy} onClick={() => void signIn.passkey()}>{t('sign-in.passkey')}</Button>}
      {stage === 'second-factor' && <CodeStep {...state} factors={signIn.factors.value} onSubmit={signIn.secondFactor} onPasskey={signIn.passkeyFactor} />}
      {stage === 'enrol' && signIn.enrolment.value && <EnrolStep {...state} enrolment={signIn.enrolment.value} onSubmit={signIn.confirmEnrolment} onPasskey={signIn.enrolPasskey} />}
      {(stage === 'change-password' || (stage === 'invitation' && state.problem?.kind !== 'sign-in-expired')) && <NewPasswordStep {...state} key={stage} onSubmit={stage === 'invitation' ? signIn.invitation : signIn.changePassword} />}
      {stage === 'review' && <ReviewStep />}
      {stage === 'recovery-codes' && <RecoveryCodesStep codes={signIn.recoveryCodes.value} busy={state.busy} onDone={finish} />}
      {stage !== 'password' && stage !== 'recovery-codes' && stage !== 'invitation' && <Button kind="quiet" onClick={() => signIn.restart()}>{t('sign-in.restart')}</Button>}
    </SignInFrame>
  );
});

export const SignInPage = component(() => {
  const signIn = new SignIn('password');
  return () => <SignInSteps signIn={signIn} onDone={() => void navigate(safeReturn(route.query.return), { replace: true, force: true })} />;
});

/** `/invitation#token=…`: the token is in the fragment, so it reaches no log on the way. */
export const InvitationPage = component(() => {
  const signIn = new SignIn('invitation', new URLSearchParams(route.hash.slice(1)).get('token') ?? '');
  history.replaceState(history.state, '', '/invitation');
  watch(() => signIn.stage.value, (stage) => { if (stage === 'done') void navigate('/', { replace: true, force: true }); });
  return () => <SignInSteps signIn={signIn} onDone={() => undefined} />;
});

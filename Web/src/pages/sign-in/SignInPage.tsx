import { watch } from 'vue';
import { component, h } from '../../core/jsx';
import { t, tKnown, type Key } from '../../core/i18n';
import { navigate, route } from '../../core/router';
import { safeReturn } from '../../core/paths';
import { hasPasskeys } from '../../core/passkey';
import { endedBecause, farewells, me } from '../../core/session';
import type { Factor, OfferedProvider } from '../../api/types';
import { EmptyState } from '../../ui/bits';
import { Icon } from '../../ui/Icon';
import { finishTrial, isTrial, lastTrial } from '../providers/trial';
import { finishBinding, isBinding, lastBinding } from '../profile/binding';
import { Problem } from '../../core/problem';
import { at } from '../../core/paths';
import { arrival, say } from './away';
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
  returning: { title: 'sign-in.title', lead: 'sign-in.returning' },
  invitation: { title: 'invitation.title', lead: 'invitation.lead' },
  link: { title: 'sign-in.title', lead: 'sign-in.by-link' },
  challenge: { title: 'challenge.title', lead: 'challenge.lead' },
  'second-factor': { title: 'second-factor.title', lead: 'second-factor.lead' },
  enrol: { title: 'enrol.title' },
  'change-password': { title: 'change-password.title', lead: 'change-password.lead' },
  review: { title: 'review.title', lead: 'review.lead' },
  'recovery-codes': { title: 'recovery.title', lead: 'recovery.lead' },
  done: { title: 'sign-in.title' },
};

const secondFactorLead = (factors: Factor[]): Key => {
  if (factors.includes('face')) return factors.length > 1 ? 'second-factor.lead.face-too' : 'second-factor.lead.face';
  if (factors.includes('radius')) return factors.length > 1 ? 'second-factor.lead.any' : 'second-factor.lead.radius';
  if (factors.includes('sms')) return factors.includes('authenticator') || factors.includes('email') ? 'second-factor.lead.any' : 'second-factor.lead.sms';
  if (factors.includes('authenticator')) return factors.includes('email') ? 'second-factor.lead.either' : 'second-factor.lead';
  return factors.includes('email') ? 'second-factor.lead.email' : 'second-factor.lead.passkey';
};

/** What the server's words do not say: that it was a provider, or a link. */
const heading = (signIn: SignIn): string | undefined => {
  const kind = signIn.problem.value?.kind;
  // An address that was cut short or made up is no better than one that has run out.
  if (signIn.isByLink && (kind === 'sign-in-expired' || kind === 'invalid-fields')) return t('sign-in.link-over');
  return signIn.isAway && (kind === 'sign-in-refused' || kind === 'invalid-fields') ? t('sign-in.by-refused') : undefined;
};

/** Signing in, one question after the other. An invitation starts the same way with a new password. */
export const SignInSteps = component<{ signIn: SignIn; onDone: () => void; onDepart?: (provider: OfferedProvider) => Promise<void> }>((props) => () => {
  const { signIn } = props;
  const stage = signIn.stage.value;
  const texts = titles[stage];
  const state = { problem: signIn.problem.value, busy: signIn.busy.value };
  const isCutShort = !!state.problem?.field('token');
  const isOver = stage === 'invitation' && (!signIn.hasToken || isCutShort || state.problem?.kind === 'sign-in-expired');
  const lead = isOver ? undefined : stage === 'second-factor' ? secondFactorLead(signIn.factors.value) : texts.lead;
  const finish = async () => { await signIn.finish(); if (me.value) props.onDone(); };
  return (
    <SignInFrame title={t(texts.title)} lead={lead && t(lead)}>
      {isOver ? (
        <EmptyState icon="ticket" title={t('invitation.over')} text={t('invitation.over.text')} action={t('sign-in.title')} to="/sign-in" />
      ) : state.problem && <ProblemNote problem={state.problem} heading={heading(signIn)} known={['login', 'password', 'code', 'token', 'provider', 'state']} />}
      {stage === 'password' && !state.problem && endedBecause.value && <div class="note" role="status"><Icon name="logout" /><div>{tKnown(`ended.${endedBecause.value}`, '')}</div></div>}
      {stage === 'password' && farewells.value.map((one) => (
        <div class="note" role="status" key={one.url}>
          <div><p>{t('sign-in.still-there', { name: one.name })}</p><Button onClick={() => say(one)}>{t('sign-in.leave-there', { name: one.name })}</Button></div>
        </div>
      ))}
      {stage === 'password' && <PasswordStep {...state} onSubmit={signIn.password} onDepart={props.onDepart} />}
      {stage === 'challenge' && <ChallengeStep {...state} key={signIn.prompt.value} prompt={signIn.prompt.value} onSubmit={signIn.challenge} />}
      {stage === 'password' && hasPasskeys && <Button icon="key" disabled={state.busy} onClick={() => void signIn.passkey()}>{t('sign-in.passkey')}</Button>}
      {stage === 'second-factor' && (
        <CodeStep
          {...state} factors={signIn.factors.value} prompt={signIn.prompt.value} rememberDays={signIn.rememberDays.value} remember={signIn.remember.value} onRemember={(value) => { signIn.remember.value = value; }}
          onSubmit={signIn.secondFactor} onPasskey={signIn.passkeyFactor} onSend={signIn.sendCode} onRadius={signIn.radiusFactor} onFaceBegin={signIn.beginFace} onFace={signIn.faceFactor}
        />
      )}
      {stage === 'enrol' && <EnrolStep {...state} enrolment={signIn.enrolment.value} factors={signIn.factors.value} onSend={signIn.sendCode} onCode={signIn.enrolByCode} onSubmit={signIn.confirmEnrolment} onPasskey={signIn.enrolPasskey} />}
      {(stage === 'change-password' || (stage === 'invitation' && !isOver)) && <NewPasswordStep {...state} key={stage} demand={signIn.demand.value} onSubmit={stage === 'invitation' ? signIn.invitation : signIn.changePassword} />}
      {stage === 'link' && !isCutShort && <Button kind="primary" disabled={state.busy} onClick={() => void signIn.link()}>{t('sign-in.title')}</Button>}
      {stage === 'link' && state.problem && <Button onClick={() => signIn.restart()}>{t('sign-in.restart')}</Button>}
      {stage === 'review' && <ReviewStep onGiveUp={() => void signIn.giveUp()} onLeave={signIn.left} />}
      {stage === 'recovery-codes' && <RecoveryCodesStep codes={signIn.recoveryCodes.value} busy={state.busy} onDone={finish} />}
      {stage !== 'password' && stage !== 'review' && stage !== 'recovery-codes' && stage !== 'invitation' && stage !== 'link' && stage !== 'returning' && <Button kind="quiet" onClick={() => signIn.restart()}>{t('sign-in.restart')}</Button>}
    </SignInFrame>
  );
});

export const SignInPage = component(() => {
  const signIn = new SignIn('password');
  const goal = () => safeReturn(route.query.return);
  return () => <SignInSteps signIn={signIn} onDone={() => void navigate(goal(), { replace: true, force: true })} onDepart={(provider) => signIn.depart(provider, goal())} />;
});

/** `/sign-in/callback/:provider`: somebody comes back from a provider. What it wrote into the address stays in no history. */
export const ProviderReturnPage = component(() => {
  const signIn = new SignIn('returning');
  const given = arrival(route.params.provider ?? '', route.query);
  history.replaceState(history.state, '', '/sign-in');
  const goal = () => safeReturn(signIn.returnTo.value);
  const show = async () => {
    const provider = given.provider;
    try {
      lastTrial.value = { provider, test: await finishTrial(given), problem: null };
    } catch (error) {
      lastTrial.value = { provider, test: null, problem: Problem.wrap(error) };
    }
    await navigate(at`/identity-providers/${provider}`, { replace: true, force: true });
  };
  const propose = async () => {
    try {
      lastBinding.value = { proposal: await finishBinding(given), problem: null };
    } catch (error) {
      lastBinding.value = { proposal: null, problem: Problem.wrap(error) };
    }
    await navigate('/profile?tab=accounts', { replace: true, force: true });
  };
  watch(() => signIn.stage.value, (stage) => { if (stage === 'done') void navigate(goal(), { replace: true, force: true }); });
  if (isTrial(given)) void show();
  else if (isBinding(given)) void propose();
  else void signIn.arrive(given);
  return () => <SignInSteps signIn={signIn} onDone={() => undefined} onDepart={(provider) => signIn.depart(provider, goal())} />;
});

/** `/invitation#token=…`: the token is in the fragment, so it reaches no log on the way. */
export const InvitationPage = component(() => {
  const signIn = new SignIn('invitation', new URLSearchParams(route.hash.slice(1)).get('token') ?? '');
  history.replaceState(history.state, '', '/invitation');
  watch(() => signIn.stage.value, (stage) => { if (stage === 'done') void navigate('/', { replace: true, force: true }); });
  return () => <SignInSteps signIn={signIn} onDone={() => undefined} />;
});

/**
 * `/sign-in/link#token=…`: another system of the company's has sent somebody. Nothing is done before they say so: a page that is only
 * looked at uses no link up, and signs nobody in as somebody else.
 */
export const LinkPage = component(() => {
  const signIn = new SignIn('link', new URLSearchParams(route.hash.slice(1)).get('token') ?? '');
  history.replaceState(history.state, '', '/sign-in');
  const goal = () => safeReturn(signIn.returnTo.value);
  watch(() => signIn.stage.value, (stage) => { if (stage === 'done') void navigate(goal(), { replace: true, force: true }); });
  return () => <SignInSteps signIn={signIn} onDone={() => undefined} onDepart={(provider) => signIn.depart(provider, goal())} />;
});

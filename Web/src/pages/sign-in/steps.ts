import { shallowRef } from 'vue';
import { api } from '../../core/client';
import type { FaceCapture } from '../../core/face';
import { t } from '../../core/i18n';
import { makePasskey, usePasskey, type PasskeyCreation, type PasskeyRequest } from '../../core/passkey';
import { Problem } from '../../core/problem';
import { mayReturn } from '../../core/paths';
import { loadSession, me } from '../../core/session';
import { isConsole } from '../../core/surface';
import { browserName } from '../profile/browser';
import { leastDemand } from '../profile/password';
import type { Channel, Enrolment, Factor, OfferedProvider, PasswordDemand, SentCode, Step, StepAnswer } from '../../api/types';
import { leave, type Arrival } from './away';

/** Before the server is asked again that was away, or full. */
const pauseMilliseconds = 3_000;

export type Stage = 'password' | 'invitation' | 'link' | 'returning' | Exclude<Step, 'done'> | 'recovery-codes' | 'done';

/**
 * A sign-in on its way: which question is next, and the token that carries it there. The server decides the order; the codes are shown
 * before the portal opens, because they are shown only once.
 */
export class SignIn {
  readonly stage = shallowRef<Stage>('password');
  readonly problem = shallowRef<Problem | null>(null);
  readonly busy = shallowRef(false);
  readonly enrolment = shallowRef<Enrolment | null>(null);
  readonly factors = shallowRef<Factor[]>(['authenticator']);
  /** For how many days this browser can be remembered; 0 if it cannot. */
  readonly rememberDays = shallowRef(0);
  readonly remember = shallowRef(false);
  readonly recoveryCodes = shallowRef<string[]>([]);
  /** What the company's sign-in service asks, in its own words; empty if it has none. */
  readonly prompt = shallowRef('');
  /** Where in the portal the person wants to be, as the server kept it. */
  readonly returnTo = shallowRef<string | undefined>();
  /** What the password has to be that is asked for. */
  readonly demand = shallowRef<PasswordDemand>(leastDemand);
  /** Whether what was refused was a provider's word. */
  isAway = false;
  /** Whether what was refused was a link. */
  isByLink = false;
  /** What carries it to the next question; empty also if a link was cut short. */
  private token = '';
  /** What follows the recovery codes. */
  private next: StepAnswer | null = null;

  constructor(stage: Stage, token = '') {
    this.stage.value = stage;
    this.token = token;
    if (stage === 'invitation' && token) void this.learnDemand();
  }

  get hasToken(): boolean { return this.token !== ''; }

  password = (login: string, password: string) => {
    this.isAway = false;
    this.isByLink = false;
    return this.step('/auth/sign-in', { login, password });
  };
  challenge = (answer: string) => this.step('/auth/challenge', { token: this.token, answer });
  secondFactor = (code: string) => this.step('/auth/second-factor', { token: this.token, code: clean(code), remember: this.remember.value });
  radiusFactor = (answer: string) => this.step('/auth/second-factor/radius', { token: this.token, answer, remember: this.remember.value });
  beginFace = () => this.post<FaceCapture>('/auth/face', { token: this.token });
  faceFactor = (code: string) => this.step('/auth/second-factor/face', { token: this.token, code, remember: this.remember.value });
  changePassword = (password: string) => this.step('/auth/change-password', { token: this.token, password });
  /** Nothing depends on it: whoever has chosen too little is told so then. Somebody of the provider has rules of their own, which are the least. */
  private async learnDemand(): Promise<void> {
    if (isConsole) return;
    this.demand.value = await this.post<PasswordDemand>('/auth/password-demand', { token: this.token }).catch(() => leastDemand);
  }
  invitation = (password: string) => this.step('/auth/invitation', { token: this.token, password });

  /** Out to a provider; the page is left by it. */
  depart = (provider: OfferedProvider, returnTo: string) => this.attempt(async () => {
    const { url } = await this.post<{ url: string }>('/auth/browser', { provider: provider.id, ...(mayReturn(returnTo) ? { returnTo } : {}) });
    leave(url);
  });

  /** And back from it. */
  arrive = (arrival: Arrival) => this.attempt(async () => {
    this.isAway = true;
    const answer = await this.post<StepAnswer & { returnTo: string | null }>('/auth/browser/finish', arrival);
    this.returnTo.value = answer.returnTo ?? undefined;
    await this.follow(answer);
  });

  /** By a link that another system of the company's asked for; it stands for the password. */
  link = () => this.attempt(async () => {
    this.isByLink = true;
    const answer = await this.post<StepAnswer & { returnTo: string | null }>('/auth/link', { token: this.token });
    this.isByLink = false;
    this.returnTo.value = answer.returnTo ?? undefined;
    await this.follow(answer);
  });

  /** The passkey says who it is. */
  passkey = () => this.attempt(async () => {
    const options = await this.post<PasskeyRequest>('/auth/passkey/options');
    await this.follow(await this.post<StepAnswer>('/auth/passkey', { credential: await usePasskey(options) }));
  });

  passkeyFactor = () => this.attempt(async () => {
    const options = await this.post<PasskeyRequest>('/auth/second-factor/passkey/options', { token: this.token });
    await this.follow(await this.post<StepAnswer>('/auth/second-factor/passkey', { token: this.token, credential: await usePasskey(options), remember: this.remember.value }));
  });

  confirmEnrolment = (code: string) => this.attempt(async () => this.enrolled(await this.post('/auth/enrolment/confirm', { token: this.token, code: clean(code) })));

  enrolPasskey = () => this.attempt(async () => {
    const options = await this.post<PasskeyCreation>('/auth/enrolment/passkey/options', { token: this.token });
    const body = { token: this.token, name: browserName(navigator.userAgent) || t('passkey'), credential: await makePasskey(options) };
    await this.enrolled(await this.post('/auth/enrolment/passkey', body));
  });

  /** To the mailbox or telephone of whoever is asked for a code, or sets codes up; a number only to confirm it. */
  sendCode = (by: Channel, number?: string) => this.post<SentCode>(by === 'email' ? '/auth/email-code' : '/auth/sms-code', { token: this.token, ...(number ? { number } : {}) });

  enrolByCode = (by: Channel, code: string) => this.attempt(async () => this.enrolled(await this.post(by === 'email' ? '/auth/enrolment/email' : '/auth/enrolment/sms', { token: this.token, code: clean(code) })));

  private async enrolled(answer: StepAnswer & { recoveryCodes: string[] | null }): Promise<void> {
    // Somebody of the provider has none: a colleague invites them again.
    if (!answer.recoveryCodes?.length) return this.follow(answer);
    this.next = answer;
    this.recoveryCodes.value = answer.recoveryCodes;
    this.stage.value = 'recovery-codes';
  }

  finish = () => this.attempt(() => (this.next ? this.follow(this.next) : this.open()));

  restart(): void {
    this.token = '';
    this.problem.value = null;
    this.stage.value = 'password';
  }

  private step(path: string, body: object): Promise<void> {
    return this.attempt(async () => this.follow(await this.post<StepAnswer>(path, body)));
  }

  private async follow(answer: StepAnswer): Promise<void> {
    if (answer.token) this.token = answer.token;
    this.prompt.value = answer.prompt ?? '';
    if (answer.factors) this.factors.value = answer.factors;
    this.rememberDays.value = answer.rememberDays ?? 0;
    this.remember.value = this.remember.value && this.rememberDays.value > 0;
    if (answer.step === 'done') return this.open();
    // No secret for an app where none counts.
    if (answer.step === 'enrol') this.enrolment.value = !this.factors.value.includes('authenticator') ? null : await this.post<Enrolment>('/auth/enrolment', { token: this.token });
    if (answer.step === 'change-password') await this.learnDemand();
    const waits = answer.step === 'review' && this.stage.value !== 'review';
    this.stage.value = answer.step;
    if (waits) void this.wait(this.token);
  }

  /** Nobody has to answer any more. */
  giveUp = async () => {
    const { token } = this;
    this.restart();
    await this.post('/auth/review/give-up', { token }).catch(() => undefined);
  };

  /** The same when the page goes: it waits for no answer. */
  left = () => {
    if (this.stage.value !== 'review') return;
    api.json({ method: 'POST', path: '/auth/review/give-up', body: { token: this.token }, quiet: true, keepalive: true }).catch(() => undefined);
  };

  /** Waits until somebody has said yes or no, for as long as this is the question. The server answers when there is news, or after a while. */
  private async wait(token: string): Promise<void> {
    while (this.stage.value === 'review' && this.token === token) {
      try {
        const answer = await this.post<StepAnswer>('/auth/review', { token });
        if (this.stage.value !== 'review' || this.token !== token) return;
        if (answer.step !== 'review') return await this.follow(answer);
      } catch (error) {
        if (this.stage.value !== 'review' || this.token !== token) return;
        const problem = Problem.wrap(error);
        // The server is away for a moment; the sign-in is not.
        if (problem.status === 0 || problem.status >= 500 || problem.status === 429) {
          await new Promise((resolve) => { setTimeout(resolve, pauseMilliseconds); });
          continue;
        }
        this.problem.value = problem;
        this.stage.value = 'password';
        return;
      }
    }
  }

  private async open(): Promise<void> {
    await loadSession();
    // Signed in, and the next request says nobody is: the browser did not keep the cookie.
    if (!me.value) throw new Problem('cookies', 0);
    this.stage.value = 'done';
  }

  private post<T>(path: string, body?: object): Promise<T> {
    return api.post<T>(path, body, true);
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    if (this.busy.value) return;
    this.busy.value = true;
    this.problem.value = null;
    try {
      await work();
    } catch (error) {
      this.problem.value = Problem.wrap(error);
      // The token of this step has run out or was used up: only the beginning is left.
      const isOver = this.problem.value.kind === 'sign-in-expired' && this.stage.value !== 'invitation';
      // An answer counts once: the service forgets its question with it.
      const isRefused = this.problem.value.kind === 'sign-in-refused';
      if (isOver || isRefused || this.stage.value === 'returning') this.stage.value = 'password';
    } finally {
      this.busy.value = false;
    }
  }
}

const clean = (code: string): string => code.replace(/\s/g, '');

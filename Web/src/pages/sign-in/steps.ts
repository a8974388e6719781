import { shallowRef } from 'vue';
import { api } from '../../core/client';
import { Problem } from '../../core/problem';
import { loadSession, me } from '../../core/session';
import type { Enrolment, OfferedProvider, Step, StepAnswer } from '../../api/types';
import { leave, type Arrival } from './away';

export type Stage = 'password' | 'invitation' | 'returning' | Exclude<Step, 'done'> | 'recovery-codes' | 'done';

/**
 * A sign-in on its way: which question is next, and the token that carries it there. The server decides the order; the codes are shown
 * before the portal opens, because they are shown only once.
 */
export class SignIn {
  readonly stage = shallowRef<Stage>('password');
  readonly problem = shallowRef<Problem | null>(null);
  readonly busy = shallowRef(false);
  readonly enrolment = shallowRef<Enrolment | null>(null);
  readonly recoveryCodes = shallowRef<string[]>([]);
  /** Where in the portal the person wants to be, as the server kept it. */
  readonly returnTo = shallowRef<string | undefined>();
  /** Whether what was refused was a provider's word. */
  isAway = false;
  private token = '';

  constructor(stage: Stage, token = '') {
    this.stage.value = stage;
    this.token = token;
  }

  password = (login: string, password: string) => {
    this.isAway = false;
    return this.step('/auth/sign-in', { login, password });
  };
  secondFactor = (code: string) => this.step('/auth/second-factor', { token: this.token, code: clean(code) });
  changePassword = (password: string) => this.step('/auth/change-password', { token: this.token, password });
  invitation = (password: string) => this.step('/auth/invitation', { token: this.token, password });

  /** Out to a provider; the page is left by it. */
  depart = (provider: OfferedProvider, returnTo: string) => this.attempt(async () => {
    const { url } = await this.post<{ url: string }>('/auth/browser', { provider: provider.id, ...(returnTo === '/' ? {} : { returnTo }) });
    leave(url);
  });

  /** And back from it. */
  arrive = (arrival: Arrival) => this.attempt(async () => {
    this.isAway = true;
    const answer = await this.post<StepAnswer & { returnTo: string | null }>('/auth/browser/finish', arrival);
    this.returnTo.value = answer.returnTo ?? undefined;
    await this.follow(answer);
  });

  confirmEnrolment = (code: string) => this.attempt(async () => {
    const answer = await this.post<StepAnswer & { recoveryCodes: string[] | null }>('/auth/enrolment/confirm', { token: this.token, code: clean(code) });
    // Somebody of the provider has none: a colleague invites them again.
    if (!answer.recoveryCodes?.length) return this.open();
    this.recoveryCodes.value = answer.recoveryCodes;
    this.stage.value = 'recovery-codes';
  });

  finish = () => this.attempt(() => this.open());

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
    if (answer.step === 'done') return this.open();
    if (answer.step === 'enrol') this.enrolment.value = await this.post<Enrolment>('/auth/enrolment', { token: this.token });
    this.stage.value = answer.step;
  }

  private async open(): Promise<void> {
    await loadSession();
    // Signed in, and the next request says nobody is: the browser did not keep the cookie.
    if (!me.value) throw new Problem('cookies', 0);
    this.stage.value = 'done';
  }

  private post<T>(path: string, body: object): Promise<T> {
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
      if (isOver || this.stage.value === 'returning') this.stage.value = 'password';
    } finally {
      this.busy.value = false;
    }
  }
}

const clean = (code: string): string => code.replace(/\s/g, '');

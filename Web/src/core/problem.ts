import { t, tField, tKnown, tSaid } from './i18n';

export interface FieldError { pointer: string; message: string }
export interface Reason { code: string; text: string }

/** Why a request failed (RFC 9457), or that it did not get through at all. */
export class Problem extends Error {
  readonly kind: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: FieldError[];
  readonly reasons: Reason[];
  readonly traceId: string;
  readonly retryAfter: number | null;

  constructor(kind: string, status: number, body: Partial<Record<string, unknown>> = {}, retryAfter: number | null = null) {
    super(kind);
    this.kind = kind;
    this.status = status;
    this.title = text(body.title);
    this.detail = text(body.detail);
    this.errors = Array.isArray(body.errors) ? (body.errors as FieldError[]) : [];
    this.reasons = Array.isArray(body.reasons) ? (body.reasons as Reason[]) : [];
    this.traceId = text(body.traceId);
    this.retryAfter = retryAfter;
  }

  /** What went wrong, in the person's language where the portal knows the kind. */
  get heading(): string {
    return tKnown(`problem.${this.kind}`, this.title || t('problem.internal'), { seconds: this.retryAfter ?? 1 });
  }

  /** Why, in the person's language where the portal knows it; nothing is said twice. */
  get words(): string[] {
    const named = (reason: Reason) => (reason.code === 'permission-missing' ? tKnown(`permission.${reason.text}`, '') : tSaid(reason.text));
    return [...new Set([tSaid(this.detail), ...this.reasons.map(named)])].filter(Boolean);
  }

  /** The message for one field of a form; the pointer is a JSON pointer into the body. */
  field(name: string): string | undefined {
    const own = this.errors.filter((error) => error.pointer === `/${name}` || error.pointer.startsWith(`/${name}/`));
    return own.length ? own.map((error) => tField(error.message)).join(' ') : undefined;
  }

  static async from(response: Response): Promise<Problem> {
    const seconds = Number(response.headers.get('retry-after'));
    const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds : null;
    try {
      const body = (await response.json()) as Record<string, unknown>;
      return new Problem(text(body.type).split(':').at(-1) || `status-${response.status}`, response.status, body, retryAfter);
    } catch {
      return new Problem(response.status >= 500 ? 'unavailable' : `status-${response.status}`, response.status, {}, retryAfter);
    }
  }

  static wrap(error: unknown): Problem {
    if (error instanceof Problem) return error;
    return new Problem('internal', 0, { detail: error instanceof Error ? error.message : String(error) });
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

import { describe, expect, test } from 'bun:test';
import { Client, type Hooks } from '../src/core/api';
import { Problem } from '../src/core/problem';

interface Sent { path: string; method?: string; headers: Record<string, string>; body: unknown }

function setUp(answers: (Response | Error)[], stepUp = false) {
  const sent: Sent[] = [];
  const told = { signedOut: 0, closed: 0, stepUps: 0, keys: 0 };
  const hooks: Hooks = {
    base: '/api/v1',
    fetch: async (path, init) => {
      sent.push({ path, method: init.method, headers: init.headers as Record<string, string>, body: init.body ? JSON.parse(String(init.body)) : undefined });
      const answer = answers.shift();
      if (answer instanceof Error || !answer) throw answer ?? new Error('no answer left');
      return answer;
    },
    signedOut: () => { told.signedOut += 1; },
    closed: () => { told.closed += 1; },
    stepUp: async () => { told.stepUps += 1; return stepUp; },
    newKey: () => `key-${(told.keys += 1)}`,
  };
  return { client: new Client(hooks), sent, told };
}

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const problem = (kind: string, status: number, more: object = {}, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ type: `urn:gatehouse:problem:${kind}`, title: kind, status, traceId: 'trace', ...more }), { status, headers: { 'content-type': 'application/problem+json', ...headers } });

async function failure(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it should have failed');
}

describe('api client', () => {
  test('a POST carries an idempotency key, a GET does not', async () => {
    const { client, sent } = setUp([json({}), json({})]);
    await client.post('/tickets', { reason: 'x' });
    await client.get('/tickets', { limit: 5, cursor: null });
    expect(sent[0]?.headers['idempotency-key']).toBe('key-1');
    expect(sent[1]?.headers['idempotency-key']).toBeUndefined();
    expect(sent[1]?.path).toBe('/api/v1/tickets?limit=5');
  });

  test('a change says which version it changes', async () => {
    const { client, sent } = setUp([json({}), json({})]);
    await client.patch('/users/usr_1', { name: 'x' }, 7);
    await client.delete('/users/usr_1', 8);
    expect(sent.map((call) => call.headers['if-match'])).toEqual(['"7"', '"8"']);
  });

  test('an answer without content is nothing', async () => {
    const { client } = setUp([new Response(null, { status: 204 })]);
    expect(await client.post('/me/sign-out')).toBeUndefined();
  });

  test('a problem keeps its kind, field errors, reasons and trace', async () => {
    const errors = [{ pointer: '/reason', message: 'must not be blank' }, { pointer: '/levels/0/name', message: 'is too long' }];
    const { client } = setUp([problem('invalid-fields', 422, { errors, reasons: [{ code: 'a', text: 'b' }] })]);
    const found = await failure(client.post('/tickets', {}));
    expect([found.kind, found.status, found.traceId]).toEqual(['invalid-fields', 422, 'trace']);
    expect(found.field('reason')).toBe('must not be blank');
    expect(found.field('levels/0/name')).toBe('is too long');
    expect(found.field('levels')).toBe('is too long');
    expect(found.field('reas')).toBeUndefined();
    expect(found.reasons).toEqual([{ code: 'a', text: 'b' }]);
  });

  test('a refusal for want of a session tells the portal, unless asked quietly', async () => {
    const { client, told } = setUp([problem('unauthenticated', 401), problem('unauthenticated', 401)]);
    await failure(client.get('/users'));
    await failure(client.json({ method: 'GET', path: '/me', quiet: true }));
    expect(told.signedOut).toBe(1);
  });

  test('a step-up is asked for once, and the request goes again with a key of its own', async () => {
    const { client, sent, told } = setUp([problem('step-up-required', 401), json({ secret: 's' })], true);
    expect(await client.post('/accounts/acc_1/reveal', { reason: 'x' })).toEqual({ secret: 's' });
    expect(told.stepUps).toBe(1);
    expect(sent[0]?.headers['idempotency-key'] === sent[1]?.headers['idempotency-key']).toBeFalse();
    expect(told.signedOut).toBe(0);
  });

  test('a step-up that is refused or asked for again fails', async () => {
    const refused = setUp([problem('step-up-required', 401)]);
    expect((await failure(refused.client.post('/x'))).kind).toBe('step-up-required');
    const again = setUp([problem('step-up-required', 401), problem('step-up-required', 401)], true);
    expect((await failure(again.client.post('/x'))).kind).toBe('step-up-required');
    expect(again.told.stepUps).toBe(1);
  });

  test('what is not a problem document is still a problem', async () => {
    const { client } = setUp([new Response('<html>502</html>', { status: 502 }), new Response('no', { status: 404 }), new Error('refused'), new Response('{', { status: 200 })]);
    expect((await failure(client.get('/x'))).kind).toBe('unavailable');
    expect((await failure(client.get('/x'))).kind).toBe('status-404');
    expect((await failure(client.get('/x'))).kind).toBe('network');
    expect((await failure(client.get('/x'))).kind).toBe('unavailable');
  });

  test('too many requests says how long to wait', async () => {
    const { client } = setUp([problem('too-many-requests', 429, {}, { 'retry-after': '12' })]);
    const found = await failure(client.get('/x'));
    expect(found.retryAfter).toBe(12);
    expect(found.heading).toContain('12');
  });
});

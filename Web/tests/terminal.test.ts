import { describe, expect, test } from 'bun:test';
import { controlFrame, inputFrame, readFrame, socketURL } from '../src/terminal/protocol';
import { sshLine } from '../src/core/ssh-line';

const bytes = (...values: number[]) => new Uint8Array(values).buffer;

describe('terminal frames', () => {
  test('input is channel 0, control is channel 2', () => {
    expect([...inputFrame('é')]).toEqual([0, 0xc3, 0xa9]);
    expect(new TextDecoder().decode(controlFrame({ type: 'resize', columns: 80, rows: 24 }))).toBe('\u0002{"type":"resize","columns":80,"rows":24}');
  });

  test('output and control are told apart', () => {
    expect(readFrame(bytes(1, 65, 66))).toEqual({ kind: 'output', data: new Uint8Array([65, 66]) });
    expect(readFrame(controlFrame({ type: 'ended', reason: 'exited', text: '' }).buffer)).toEqual({ kind: 'control', control: { type: 'ended', reason: 'exited', text: '' } });
  });

  test('frames that make no sense are ignored', () => {
    for (const frame of [bytes(), bytes(9, 1), bytes(2, 123), bytes(2, 49), bytes(2, ...new TextEncoder().encode('null')), bytes(0, 65)]) expect(readFrame(frame)).toEqual({ kind: 'unknown' });
  });

  test('the token goes into the address once', () => {
    const page = 'http://acme.localhost:8080/workspace';
    expect(socketURL('wss://gw.example/v1/terminal', 'a+b', page)).toBe('wss://gw.example/v1/terminal?token=a%2Bb');
    expect(socketURL('ws://gw.example/v1/terminal?token=x', 'y', page)).toBe('ws://gw.example/v1/terminal?token=x');
    expect(socketURL('https://gw.example/v1/terminal', 'x', page)).toBe('wss://gw.example/v1/terminal?token=x');
  });
});

describe('ssh line', () => {
  const gateway = { sshHost: 'gw.example', sshPort: 2222 };
  const person = { tenant: 'acme', login: 'ada' };

  test('it names tenant, person, account and asset', () => {
    expect(sshLine(gateway, person, { account: 'deploy', asset: { id: 'ast_1', name: 'web-1' } })).toBe('ssh acme+ada+deploy+web-1@gw.example -p 2222');
    expect(sshLine({ ...gateway, sshPort: 22 }, person)).toBe('ssh acme+ada@gw.example');
  });

  test('a name that ssh or a shell would misread is given by id or quoted', () => {
    expect(sshLine(gateway, person, { account: 'deploy', asset: { id: 'ast_1', name: 'web+1' } })).toContain('+ast_1@');
    expect(sshLine(gateway, person, { account: 'deploy', asset: { id: 'ast_1', name: '-oProxyCommand=x' } })).toContain('+ast_1@');
    expect(sshLine(gateway, person, { account: "a'; rm -rf /", asset: { id: 'ast_1', name: 'x' } })).toBe(String.raw`ssh 'acme+ada+a'\''; rm -rf /+x@gw.example' -p 2222`);
  });
});

/** The frames between a web terminal and its worker: binary, the first byte says what the rest is. */
export const channels = { input: 0, output: 1, control: 2 } as const;

export type Control =
  | { type: 'ready'; session: string; resume?: string }
  | { type: 'ended'; reason: string; text: string }
  | { type: 'resize'; columns: number; rows: number }
  | { type: 'notice'; text: string };

export type Frame = { kind: 'output'; data: Uint8Array } | { kind: 'control'; control: Control } | { kind: 'unknown' };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function inputFrame(data: Uint8Array | string): Uint8Array<ArrayBuffer> {
  return frame(channels.input, typeof data === 'string' ? encoder.encode(data) : data);
}

export function controlFrame(control: Control): Uint8Array<ArrayBuffer> {
  return frame(channels.control, encoder.encode(JSON.stringify(control)));
}

function frame(channel: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(data.length + 1);
  whole[0] = channel;
  whole.set(data, 1);
  return whole;
}

/** What came; a frame that makes no sense is unknown, and ignored. */
export function readFrame(bytes: ArrayBuffer): Frame {
  const whole = new Uint8Array(bytes);
  if (whole[0] === channels.output) return { kind: 'output', data: whole.subarray(1) };
  if (whole[0] !== channels.control) return { kind: 'unknown' };
  try {
    const control = JSON.parse(decoder.decode(whole.subarray(1))) as Control;
    return typeof control?.type === 'string' ? { kind: 'control', control } : { kind: 'unknown' };
  } catch {
    return { kind: 'unknown' };
  }
}

/** Where to connect; the token travels in the query because a browser's socket has no headers. */
export function socketURL(url: string, token: string, page = location.href): string {
  const address = new URL(url, page);
  if (!address.searchParams.has('token')) address.searchParams.set('token', token);
  return address.href.replace(/^http/, 'ws');
}

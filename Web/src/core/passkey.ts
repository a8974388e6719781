import { Problem } from './problem';
import { isConsole } from './surface';

/** What the server sends and takes: WebAuthn's words, with bytes as base64url. */
interface Descriptor { type: string; id: string; transports: string[] }
export interface PasskeyCreation {
  rp: { id: string; name: string }; user: { id: string; name: string; displayName: string }; challenge: string; pubKeyCredParams: { type: string; alg: number }[]; timeout: number;
  excludeCredentials: Descriptor[]; authenticatorSelection: { residentKey: string; userVerification: string }; attestation: string;
}
export interface PasskeyRequest { challenge: string; rpId: string; timeout: number; allowCredentials: Descriptor[]; userVerification: string }

/** Whether this page can ask for passkeys: people of a company have them, on a page that nobody can listen to. */
export const hasPasskeys = !isConsole && typeof globalThis.PublicKeyCredential === 'function';

/** Has the browser make a passkey. */
export async function makePasskey(options: PasskeyCreation): Promise<object> {
  const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: options.excludeCredentials.map(descriptor) };
  const made = (await asked(() => navigator.credentials.create({ publicKey: publicKey as PublicKeyCredentialCreationOptions }))).response as AuthenticatorAttestationResponse;
  return { clientDataJSON: text(made.clientDataJSON), attestationObject: text(made.attestationObject), transports: made.getTransports?.().filter((one) => /^[a-z-]{1,20}$/.test(one)).slice(0, 10) ?? [] };
}

/** Has the browser use one. */
export async function usePasskey(options: PasskeyRequest): Promise<object> {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: options.allowCredentials.map(descriptor) };
  const used = await asked(() => navigator.credentials.get({ publicKey: publicKey as PublicKeyCredentialRequestOptions }));
  const answer = used.response as AuthenticatorAssertionResponse;
  return {
    id: text(used.rawId), clientDataJSON: text(answer.clientDataJSON), authenticatorData: text(answer.authenticatorData), signature: text(answer.signature),
    userHandle: answer.userHandle?.byteLength ? text(answer.userHandle) : null,
  };
}

/** A browser says little about why there was no passkey, on purpose. */
async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await ask();
    if (credential) return credential as PublicKeyCredential;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'InvalidStateError') throw new Problem('passkey-known', 0);
    if (!(error instanceof DOMException)) throw error;
  }
  throw new Problem('passkey-not-given', 0);
}

const descriptor = (one: Descriptor) => ({ ...one, id: bytes(one.id) });

/** base64url without padding. */
export function text(buffer: ArrayBuffer): string {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
  return btoa(letters).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export function bytes(base64url: string): Uint8Array {
  return Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
}

/** Where somebody shows their face, once. */
export interface FaceCapture { check: string; url: string; expiresAt: string }
/** What a browser brings back from the camera: a word for the server, or that it was not the right face. */
export interface FaceReturn { check: string; code: string | null }

const channelName = 'gatehouse.face';

/** What stands behind the `#` of `/face`; null for anything else. */
export function readReturn(hash: string): FaceReturn | null {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const failed = given.get('failed');
  if (failed) return { check: failed, code: null };
  const [check, code] = [given.get('check'), given.get('code')];
  return check && code ? { check, code } : null;
}

/** Hands what came back to the page that waits for it, in this browser and at this portal. */
export function bringBack(back: FaceReturn): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage(back);
  channel.close();
}

/** Waits for what comes back of one check: other pages have their own. The answer ends it. */
export function awaitReturn(check: string, then: (code: string | null) => void): () => void {
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = (event: MessageEvent<FaceReturn>) => {
    if (event.data?.check !== check) return;
    channel.close();
    then(event.data.code);
  };
  return () => channel.close();
}

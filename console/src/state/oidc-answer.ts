/** Carries the issuer's answer from the window that it was sent to, to the page that waits for it. */
export const CHANNEL = 'devmachine.sign-in';

/** In the window of the issuer, after its redirect: hands over the answer, and closes the window. */
export function reportAnswer(): void {
  new BroadcastChannel(CHANNEL).postMessage(location.search);
  history.replaceState(undefined, '', location.pathname);
  close();
}

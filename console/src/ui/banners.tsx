import { useState } from 'preact/hooks';
import { texts } from '../i18n/texts.ts';
import { ago } from '../i18n/time.ts';
import { disconnected, staleSince } from '../state/machine-store.ts';
import { expired, signedIn } from '../state/session.ts';
import { Dialog } from './dialog.tsx';
import { Icon } from './icons.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** What concerns the whole page: an expired sign-in, a cluster that does not answer, a lost connection. */
export function Banners() {
  const t = texts.value;
  return (
    <div class="banners" role="status">
      {signedIn.value && expired.value && <ExpiredBanner />}
      {disconnected.value && !expired.value && (
        <p class="banner warning">
          <Icon name="alert" />
          {t.disconnected}
        </p>
      )}
      {staleSince.value !== undefined && (
        <p class="banner warning">
          <Icon name="alert" />
          {t.stale(ago(staleSince.value))}
        </p>
      )}
    </div>
  );
}

function ExpiredBanner() {
  const t = texts.value;
  const [isOpen, setOpen] = useState(false);
  return (
    <div class="banner danger">
      <Icon name="alert" />
      {t.expired}
      <button type="button" class="button small" onClick={() => setOpen(true)}>
        {t.signInAgain}
      </button>
      {isOpen && (
        <Dialog title={t.signInAgain} onClose={() => setOpen(false)}>
          <SignInForm onCancel={() => setOpen(false)} />
        </Dialog>
      )}
    </div>
  );
}

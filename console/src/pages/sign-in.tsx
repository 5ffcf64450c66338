import { texts } from '../i18n/texts.ts';
import { Logo } from '../ui/icons.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { SignInForm } from '../ui/sign-in-form.tsx';

export function SignInPage() {
  const t = texts.value;
  usePageTitle(t.signIn);
  return (
    <div class="sign-in card">
      <Logo />
      <h1>{t.product}</h1>
      <p class="muted">{t.signInIntro}</p>
      <SignInForm />
    </div>
  );
}

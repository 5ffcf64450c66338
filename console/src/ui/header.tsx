import { type Language, language, setLanguage, texts } from '../i18n/texts.ts';
import { route } from '../state/router.ts';
import { configuration, signedIn, signOut } from '../state/session.ts';
import { setTheme, type Theme, theme } from '../state/theme.ts';
import { Icon, type IconName, Logo } from './icons.tsx';

export function Header() {
  const t = texts.value;
  const { page } = route.value;
  const isMachines = page === 'machines' || page === 'machine' || page === 'change';
  return (
    <header class="top">
      <div class="bar">
        <a class="brand" href="/" aria-label={t.product}>
          <Logo />
          <span class="brand-name" aria-hidden="true">
            {t.product}
          </span>
        </a>
        <nav aria-label={t.mainNavigation}>
          {signedIn.value && (
            <>
              <NavLink href="/" icon="machine" label={t.machines} isCurrent={isMachines} />
              <NavLink href="/disks" icon="disk" label={t.disks} isCurrent={page === 'disks'} />
            </>
          )}
        </nav>
        <div class="preferences">
          <Choice
            icon="moon"
            label={t.theme}
            value={theme.value}
            options={{ auto: t.themeAuto, light: t.themeLight, dark: t.themeDark }}
            onChoose={(value) => setTheme(value as Theme)}
          />
          <Choice
            icon="globe"
            label={t.language}
            value={language.value}
            options={{ en: 'English', zh: '中文' }}
            onChoose={(value) => setLanguage(value as Language)}
          />
          {signedIn.value && configuration.value.authMode !== 'none' && (
            <button type="button" class="button small plain" onClick={signOut}>
              {t.signOut}
            </button>
          )}
        </div>
      </div>
    </header>
  );
}

interface NavLinkProps {
  readonly href: string;
  readonly icon: IconName;
  readonly label: string;
  readonly isCurrent: boolean;
}

const NavLink = ({ href, icon, label, isCurrent }: NavLinkProps) => (
  <a href={href} aria-current={isCurrent ? 'page' : undefined}>
    <Icon name={icon} />
    {label}
  </a>
);

interface ChoiceProps {
  readonly icon: IconName;
  readonly label: string;
  readonly value: string;
  readonly options: Readonly<Record<string, string>>;
  readonly onChoose: (value: string) => void;
}

const Choice = ({ icon, label, value, options, onChoose }: ChoiceProps) => (
  <span class="choice">
    <Icon name={icon} />
    <select aria-label={label} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
      {Object.entries(options).map(([name, text]) => (
        <option key={name} value={name}>
          {text}
        </option>
      ))}
    </select>
  </span>
);

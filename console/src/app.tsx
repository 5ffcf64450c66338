import { useEffect, useRef } from 'preact/hooks';
import { texts } from './i18n/texts.ts';
import { DisksPage } from './pages/disks.tsx';
import { MachinePage } from './pages/machine/machine.tsx';
import { MachinesPage } from './pages/machines.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { loadNamespaces } from './state/namespaces.ts';
import { route } from './state/router.ts';
import { signedIn, token } from './state/session.ts';
import { Announcements } from './ui/announce.tsx';
import { Banners } from './ui/banners.tsx';
import { Header } from './ui/header.tsx';
import { Lazy } from './ui/lazy.tsx';

export function App() {
  useEffect(() => {
    // Without the list, a namespace can still be typed.
    if (signedIn.value) loadNamespaces().catch(() => undefined);
  }, [signedIn.value, token.value]);
  const main = useFocusOnRouteChange();
  return (
    <>
      <a class="skip" href="#main">
        {texts.value.skipToContent}
      </a>
      <Header />
      <Banners />
      <main id="main" ref={main} tabIndex={-1}>
        {signedIn.value ? <Page /> : <SignInPage />}
      </main>
      <Announcements />
    </>
  );
}

const loadForm = () => import('./pages/create/create.tsx').then(({ CreatePage }) => CreatePage);
const loadChange = () => import('./pages/create/change.tsx').then(({ ChangePage }) => ChangePage);

function Page() {
  const current = route.value;
  if (current.page === 'machines') return <MachinesPage />;
  if (current.page === 'disks') return <DisksPage />;
  if (current.page === 'create') return <Lazy load={loadForm} props={{}} />;
  if (!('name' in current)) return <p class="empty">{texts.value.pageMissing}</p>;
  const { namespace, name } = current;
  const key = `${namespace}/${name}`;
  if (current.page === 'change') return <Lazy key={key} load={loadChange} props={{ namespace, name }} />;
  return <MachinePage key={key} namespace={namespace} name={name} />;
}

/** A screen reader goes on at the beginning of the new page. */
function useFocusOnRouteChange() {
  const main = useRef<HTMLElement>(null);
  const current = JSON.stringify(route.value);
  const last = useRef(current);
  useEffect(() => {
    if (last.current !== current) main.current?.focus({ preventScroll: true });
    last.current = current;
  }, [current]);
  return main;
}

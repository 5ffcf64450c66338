import './styles/base.css';
import './styles/controls.css';
import './styles/layout.css';
import './styles/machines.css';
import './styles/machine.css';
import './styles/form.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { texts } from './i18n/texts.ts';
import { reportAnswer } from './state/oidc-answer.ts';
import { startRouter } from './state/router.ts';
import { configuration } from './state/session.ts';

async function start(): Promise<void> {
  if (location.pathname === '/signed-in') {
    reportAnswer();
    document.body.textContent = texts.value.signedIn;
    return;
  }
  const response = await fetch('/console/config.json');
  configuration.value = await response.json();
  startRouter();
  render(<App />, document.getElementById('app') as HTMLElement);
}

void start();

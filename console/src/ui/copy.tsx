import { texts } from '../i18n/texts.ts';
import { announce } from './announce.tsx';
import { Icon } from './icons.tsx';

interface CopyProps {
  /** The text, or what fetches it. */
  readonly text: string | (() => Promise<string>);
  readonly label?: string;
  readonly onError?: (error: unknown) => void;
}

export const CopyButton = ({ text, label, onError }: CopyProps) => {
  const copy = async () => {
    await writeClipboard(typeof text === 'string' ? Promise.resolve(text) : text());
    announce(texts.peek().copied);
  };
  return (
    <button type="button" class="button small" onClick={() => copy().catch(onError)}>
      <Icon name="copy" />
      {label ?? texts.value.copy}
    </button>
  );
};

/** Browsers offer the clipboard to pages over TLS and on this machine alone, and Safari only before the text is fetched. */
async function writeClipboard(promise: Promise<string>): Promise<void> {
  if (navigator.clipboard) {
    const written = navigator.clipboard.write([new ClipboardItem({ 'text/plain': promise })]);
    // If there is no text, its own error says why.
    await Promise.all([promise, written]);
    return;
  }
  const text = await promise;
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

import { CopyButton } from './copy.tsx';

/** Text to copy, such as YAML or a command. */
export const Code = ({ text, label }: { text: string; label: string }) => (
  <div class="code">
    <CopyButton text={text} />
    {/* A region that scrolls must be reachable with the keyboard. */}
    <pre tabIndex={0} role="region" aria-label={label}>
      {text}
    </pre>
  </div>
);

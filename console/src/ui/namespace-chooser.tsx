import { useId, useState } from 'preact/hooks';
import { texts } from '../i18n/texts.ts';
import { allAllowed, namespace, namespaces, rememberNamespace } from '../state/namespaces.ts';
import { setQuery } from '../state/router.ts';
import { Dialog } from './dialog.tsx';

const OTHER = '\u0000other';

/** Chooses the namespace that a page shows; '' shows all. */
export function NamespaceChooser({ withAll }: { withAll: boolean }) {
  const t = texts.value;
  const [isTyping, setTyping] = useState(false);
  const current = namespace.value ?? '';
  const { names, incomplete } = namespaces.value;
  const options = names.includes(current) || current === '' ? names : [current, ...names];
  const choose = (name: string) => {
    if (name) rememberNamespace(name);
    setQuery({ namespace: name });
  };
  return (
    <>
      <select
        class="namespace"
        aria-label={t.namespace}
        value={current}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (value !== OTHER) return choose(value);
          event.currentTarget.value = current;
          setTyping(true);
        }}
      >
        {withAll && allAllowed.value ? (
          <option value="">{t.allNamespaces}</option>
        ) : (
          current === '' && <option value="">{t.chooseNamespace}</option>
        )}
        {options.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        {incomplete && <option value={OTHER}>{t.otherNamespace}</option>}
      </select>
      {isTyping && (
        <OtherNamespace
          onChoose={(name) => {
            setTyping(false);
            choose(name);
          }}
          onClose={() => setTyping(false)}
        />
      )}
    </>
  );
}

function OtherNamespace({ onChoose, onClose }: { onChoose: (name: string) => void; onClose: () => void }) {
  const t = texts.value;
  const id = useId();
  const [name, setName] = useState('');
  return (
    <Dialog title={t.chooseNamespace} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onChoose(name.trim());
        }}
      >
        <label for={id}>{t.namespace}</label>
        <input id={id} required value={name} onInput={(event) => setName(event.currentTarget.value)} />
        <div class="buttons">
          <button type="submit" class="button primary">
            {t.useNamespace}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {t.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

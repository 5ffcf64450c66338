import { texts } from '../../i18n/texts.ts';
import { type DraftSpec, isSize, type Size, sizesOf, type Template, withSize } from './draft.ts';
import { TextField } from './field.tsx';
import { withField } from './schema-field.tsx';

interface SizeFieldsProps {
  readonly template: Template | undefined;
  readonly spec: DraftSpec;
  readonly onChange: (spec: DraftSpec) => void;
}

/** Three sizes to choose from, and fields for any other. */
export function SizeFields({ template, spec, onChange }: SizeFieldsProps) {
  const t = texts.value;
  const sizes = sizesOf(template);
  const storage = (spec['storage'] ?? {}) as Record<string, unknown>;
  const text = (value: unknown) => String(value ?? '');
  const set = (key: string, value: unknown) => onChange({ ...spec, [key]: value });
  const names = { small: t.sizeSmall, medium: t.sizeMedium, large: t.sizeLarge } as const;
  const count = (value: string) => (value === '' ? undefined : /^\d+$/.test(value) ? Number(value) : value);
  return (
    <fieldset class="section">
      <legend>{t.sizes}</legend>
      <div class="sizes">
        {(['small', 'medium', 'large'] as const).map((name) => (
          <SizeButton
            key={name}
            label={names[name]}
            size={sizes[name]}
            isChosen={isSize(spec, sizes[name])}
            onChoose={() => onChange(withSize(spec, sizes[name]))}
          />
        ))}
      </div>
      <div class="grid four">
        <TextField
          pointer="/spec/cpu"
          label={t.cpu}
          hint={t.cpuHint}
          value={text(spec['cpu'])}
          onChange={(value) => set('cpu', count(value))}
        />
        <TextField
          pointer="/spec/memory"
          label={t.memory}
          hint={t.memoryHint}
          required
          value={text(spec['memory'])}
          onChange={(value) => set('memory', value || undefined)}
        />
        <TextField
          pointer="/spec/gpu"
          label={t.gpu}
          numeric
          value={text(spec['gpu'])}
          placeholder="0"
          onChange={(value) => set('gpu', count(value))}
        />
        <TextField
          pointer="/spec/storage/size"
          label={t.disk}
          hint={t.diskHint}
          value={text(storage['size'])}
          onChange={(value) => set('storage', withField(storage, 'size', value || undefined))}
        />
      </div>
    </fieldset>
  );
}

interface SizeButtonProps {
  readonly label: string;
  readonly size: Size;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

const SizeButton = ({ label, size: { cpu, memory, storage }, isChosen, onChoose }: SizeButtonProps) => (
  <button type="button" class="choice-card" aria-pressed={isChosen} data-chosen={isChosen} onClick={onChoose}>
    <strong>{label}</strong>
    <span class="hint">
      {cpu} CPU · {memory} · {storage}
    </span>
  </button>
);

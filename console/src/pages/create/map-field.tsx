import { useState } from 'preact/hooks';
import { texts } from '../../i18n/texts.ts';
import { Icon } from '../../ui/icons.tsx';
import { escapeKey, useFieldErrors } from './errors.ts';
import { TextField } from './field.tsx';
import { type Schema, typeOf } from './schema.ts';
import type { SchemaFieldProps } from './schema-field.tsx';

type Row = readonly [key: string, value: string];

/** Names with values, such as labels. Rows that are not finished are kept here, because an object cannot hold them. */
export function MapField({ name, schema, pointer, value, onChange }: SchemaFieldProps) {
  const t = texts.value;
  const errors = useFieldErrors(pointer);
  const [rows, setRows] = useState<readonly Row[]>(() =>
    Object.entries((value ?? {}) as Record<string, unknown>).map(([key, item]) => [key, String(item)]),
  );
  const set = (changed: readonly Row[]) => {
    setRows(changed);
    const entries = changed.filter(([key]) => key !== '').map(([key, text]) => [key, parse(schema, text)]);
    onChange(entries.length === 0 ? undefined : Object.fromEntries(entries));
  };
  return (
    <fieldset class="group">
      <legend>{name}</legend>
      {schema.description && <p class="hint">{schema.description}</p>}
      {errors.length > 0 && <p class="field-error">{errors.join('; ')}</p>}
      {rows.map(([key, text], index) => (
        <div class="list-item pair" key={index}>
          <TextField
            pointer=""
            label={t.key}
            value={key}
            onChange={(changed) => set(rows.with(index, [changed, text]))}
          />
          <TextField
            pointer={`${pointer}/${escapeKey(key)}`}
            label={t.value}
            value={text}
            onChange={(changed) => set(rows.with(index, [key, changed]))}
          />
          <button
            type="button"
            class="button small"
            aria-label={`${t.remove}: ${name} ${key}`}
            onClick={() => set(rows.toSpliced(index, 1))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <button
        type="button"
        class="button small"
        aria-label={`${t.add}: ${name}`}
        onClick={() => setRows([...rows, ['', '']])}
      >
        <Icon name="plus" />
        {t.add}
      </button>
    </fieldset>
  );
}

function parse({ additionalProperties }: Schema, text: string): string | number {
  const isNumber = additionalProperties && typeOf(additionalProperties) === 'integer';
  return isNumber && /^\d+$/.test(text) ? Number(text) : text;
}

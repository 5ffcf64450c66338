import { texts } from '../../i18n/texts.ts';
import { Icon } from '../../ui/icons.tsx';
import { escapeKey, useFieldErrors } from './errors.ts';
import { SelectField, TextField } from './field.tsx';
import { MapField } from './map-field.tsx';
import { emptyOf, isMap, type Schema, typeOf } from './schema.ts';

export interface SchemaFieldProps {
  readonly name: string;
  readonly schema: Schema;
  readonly pointer: string;
  readonly required?: boolean | undefined;
  readonly value: unknown;
  /** Undefined removes the field. */
  readonly onChange: (value: unknown) => void;
}

/** Controls for a value, as its schema describes it. */
export function SchemaField(props: SchemaFieldProps) {
  const { schema } = props;
  const type = typeOf(schema);
  if (isMap(schema)) return <MapField {...props} />;
  if (type === 'object') return <ObjectField {...props} />;
  if (type === 'array') return <ListField {...props} />;
  return <ScalarField {...props} />;
}

function ScalarField({ name, schema, pointer, required, value, onChange }: SchemaFieldProps) {
  const t = texts.value;
  const common = { pointer, label: name, hint: schema.description, required };
  if (typeOf(schema) === 'boolean') {
    const options = [
      ['true', t.yes],
      ['false', t.no],
    ] as const;
    const choose = (text: string) => onChange(text === '' ? undefined : text === 'true');
    return <SelectField {...common} value={String(value ?? '')} options={options} onChange={choose} />;
  }
  if (schema.enum) {
    const options = schema.enum.map((option) => [option, option] as const);
    const choose = (text: string) => onChange(text || undefined);
    return <SelectField {...common} value={String(value ?? '')} options={options} onChange={choose} />;
  }
  const isNumber = typeOf(schema) === 'integer';
  const set = (text: string) => onChange(text === '' ? undefined : isNumber ? numberOf(text) : text);
  const placeholder = schema.default === undefined ? '' : String(schema.default);
  return (
    <TextField
      {...common}
      value={String(value ?? '')}
      placeholder={placeholder}
      numeric={isNumber}
      onChange={set}
    />
  );
}

/** What is no number stays as it is, so that the API can say so. */
const numberOf = (text: string): number | string => (/^\d+$/.test(text.trim()) ? Number(text) : text);

function ObjectField({ name, schema, pointer, value, onChange }: SchemaFieldProps) {
  const errors = useFieldErrors(pointer);
  const current = (value ?? {}) as Record<string, unknown>;
  return (
    <fieldset class="group">
      <legend>{name}</legend>
      {schema.description && <p class="hint">{schema.description}</p>}
      {errors.length > 0 && <p class="field-error">{errors.join('; ')}</p>}
      <div class="grid">
        {Object.entries(schema.properties ?? {}).map(([key, property]) => (
          <SchemaField
            key={key}
            name={key}
            schema={property}
            pointer={`${pointer}/${escapeKey(key)}`}
            required={value !== undefined && schema.required?.includes(key)}
            value={current[key]}
            onChange={(changed) => onChange(withField(current, key, changed))}
          />
        ))}
      </div>
    </fieldset>
  );
}

/** The object with another value of a field; undefined if it has no field left. */
export function withField<T extends object>(object: T, key: string, value: unknown): T | undefined {
  const { [key as keyof T]: _, ...rest } = object;
  const changed = (value === undefined ? rest : { ...object, [key]: value }) as T;
  return Object.keys(changed).length === 0 ? undefined : changed;
}

function ListField({ name, schema, pointer, value, onChange }: SchemaFieldProps) {
  const t = texts.value;
  const errors = useFieldErrors(pointer);
  const items = (value ?? []) as readonly unknown[];
  const itemSchema = schema.items ?? {};
  const set = (changed: readonly unknown[]) => onChange(changed.length === 0 ? undefined : changed);
  return (
    <fieldset class="group">
      <legend>{name}</legend>
      {schema.description && <p class="hint">{schema.description}</p>}
      {errors.length > 0 && <p class="field-error">{errors.join('; ')}</p>}
      {items.map((item, index) => (
        <div class="list-item" key={index}>
          <SchemaField
            name={`${name} ${index + 1}`}
            schema={itemSchema}
            pointer={`${pointer}/${index}`}
            value={item}
            onChange={(changed) => set(items.with(index, changed ?? emptyOf(itemSchema)))}
          />
          <button
            type="button"
            class="button small"
            aria-label={`${t.remove}: ${name} ${index + 1}`}
            onClick={() => set(items.toSpliced(index, 1))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <button
        type="button"
        class="button small"
        aria-label={`${t.add}: ${name}`}
        onClick={() => set([...items, emptyOf(itemSchema)])}
      >
        <Icon name="plus" />
        {t.add}
      </button>
    </fieldset>
  );
}

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { texts } from '../../i18n/texts.ts';
import { useFieldErrors } from './errors.ts';

interface FieldProps {
  readonly pointer: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly required?: boolean | undefined;
  /** The control. It gets the attributes that connect it with its label, hint and errors. */
  readonly children: (attributes: ControlAttributes) => ComponentChildren;
}

export interface ControlAttributes {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly 'aria-invalid': boolean;
  readonly 'data-pointer': string;
}

/** A control with its label, its hint and what is wrong with it. */
export function Field({ pointer, label, hint, required, children }: FieldProps) {
  const id = useId();
  const errors = useFieldErrors(pointer);
  return (
    <div class="field" data-invalid={errors.length > 0}>
      <label for={id}>
        {label}
        {required && <span aria-hidden="true"> *</span>}
      </label>
      {children({
        id,
        'aria-describedby': `${id}-hint ${id}-error`,
        'aria-invalid': errors.length > 0,
        'data-pointer': pointer,
      })}
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
      <p class="field-error" id={`${id}-error`}>
        {errors.join('; ')}
      </p>
    </div>
  );
}

interface TextFieldProps {
  readonly pointer: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly required?: boolean | undefined;
  readonly placeholder?: string;
  readonly numeric?: boolean;
  /** Values to choose from, besides any other. */
  readonly suggestions?: readonly string[];
}

export const TextField = ({
  value,
  onChange,
  placeholder,
  numeric,
  suggestions,
  ...field
}: TextFieldProps) => (
  <Field {...field}>
    {(attributes) => (
      <>
        <input
          {...attributes}
          autocomplete="off"
          spellcheck={false}
          autocapitalize="none"
          inputMode={numeric ? 'numeric' : 'text'}
          required={field.required}
          placeholder={placeholder}
          list={suggestions && `${attributes.id}-list`}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
        {suggestions && (
          <datalist id={`${attributes.id}-list`}>
            {suggestions.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        )}
      </>
    )}
  </Field>
);

interface SelectFieldProps {
  readonly pointer: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly required?: boolean | undefined;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onChange: (value: string) => void;
}

export const SelectField = ({ value, options, onChange, ...field }: SelectFieldProps) => (
  <Field {...field}>
    {(attributes) => (
      <select {...attributes} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{texts.value.notSet}</option>
        {options.map(([name, label]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
    )}
  </Field>
);

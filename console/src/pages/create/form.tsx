import type { ComponentChildren } from 'preact';
import { texts } from '../../i18n/texts.ts';
import type { Draft, DraftSpec, Template } from './draft.ts';
import { withTemplate } from './draft.ts';
import type { FieldErrors } from './errors.ts';
import { FieldErrorsContext } from './errors.ts';
import { TextField } from './field.tsx';
import { FURTHER } from './schema.ts';
import { SchemaField } from './schema-field.tsx';
import { SizeFields } from './size-fields.tsx';
import { TemplateCards } from './template-cards.tsx';

interface MachineFormProps {
  readonly draft: Draft;
  readonly templates: readonly Template[];
  readonly errors: FieldErrors;
  /** Name and namespace, where they can be chosen. */
  readonly identity?: ComponentChildren;
  readonly hostExample: string;
  readonly onChange: (spec: DraftSpec) => void;
}

/** The fields of a machine: the common ones first, and all others as the schema describes them. */
export function MachineForm(props: MachineFormProps) {
  const { draft, templates, errors, identity, hostExample, onChange } = props;
  const t = texts.value;
  const { spec } = draft;
  const template = templates.find(({ name }) => name === spec['template']);
  const set = (key: string, value: unknown) => onChange({ ...spec, [key]: value });
  const hasFurtherErrors = FURTHER.some(([name]) =>
    [...errors.keys()].some((pointer) => isWithin(pointer, name)),
  );
  return (
    <FieldErrorsContext.Provider value={errors}>
      <TemplateCards
        templates={templates}
        selected={template?.name ?? ''}
        onSelect={(chosen) => onChange(withTemplate(spec, chosen, template))}
      />
      <fieldset class="section">
        <legend>{t.identity}</legend>
        <div class="grid">
          {identity}
          <TextField
            pointer="/spec/ingressDomain"
            label={t.host}
            hint={t.hostHint}
            placeholder={hostExample}
            value={String(spec['ingressDomain'] ?? '')}
            onChange={(value) => set('ingressDomain', value || undefined)}
          />
        </div>
      </fieldset>
      <SizeFields template={template} spec={spec} onChange={onChange} />
      <details class="section" open={hasFurtherErrors || undefined}>
        <summary>{t.moreSettings}</summary>
        {FURTHER.map(([name, schema]) => (
          <SchemaField
            key={name}
            name={name}
            schema={schema}
            pointer={`/spec/${name}`}
            value={spec[name]}
            onChange={(value) => set(name, value)}
          />
        ))}
      </details>
    </FieldErrorsContext.Provider>
  );
}

/** The size of the disk has a field outside the further settings. */
const isWithin = (pointer: string, name: string): boolean =>
  pointer !== '/spec/storage/size' && (pointer === `/spec/${name}` || pointer.startsWith(`/spec/${name}/`));

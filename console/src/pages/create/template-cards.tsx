import { texts } from '../../i18n/texts.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import type { Template } from './draft.ts';

interface TemplateCardsProps {
  readonly templates: readonly Template[];
  /** The name of the template; '' for an own image. */
  readonly selected: string;
  readonly onSelect: (template: Template | undefined) => void;
}

/** What runs in the machine, as cards that are radio buttons. */
export function TemplateCards({ templates, selected, onSelect }: TemplateCardsProps) {
  const t = texts.value;
  return (
    <fieldset class="cards">
      <legend>{t.chooseTemplate}</legend>
      {templates.map((template) => (
        <TemplateCard
          key={template.name}
          icon={template.ide === 'vscode' ? 'code' : 'notebook'}
          title={template.title}
          description={template.description}
          isChosen={selected === template.name}
          onChoose={() => onSelect(template)}
        />
      ))}
      <TemplateCard
        icon="image"
        title={t.noTemplate}
        description={t.noTemplateHint}
        isChosen={selected === ''}
        onChoose={() => onSelect(undefined)}
      />
    </fieldset>
  );
}

interface TemplateCardProps {
  readonly icon: IconName;
  readonly title: string;
  readonly description: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

const TemplateCard = ({ icon, title, description, isChosen, onChoose }: TemplateCardProps) => (
  <label class="choice-card" data-chosen={isChosen}>
    <input type="radio" name="template" class="visually-hidden" checked={isChosen} onChange={onChoose} />
    <Icon name={icon} />
    <strong>{title}</strong>
    <span class="hint">{description}</span>
  </label>
);

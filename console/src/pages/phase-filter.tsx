import type { Machine, Phase } from '../../../client/index.ts';
import { texts } from '../i18n/texts.ts';

const PHASES: readonly Phase[] = [
  'Running',
  'Starting',
  'Pending',
  'Failed',
  'Stopping',
  'Stopped',
  'Deleting',
];

interface PhaseFilterProps {
  readonly machines: readonly Machine[];
  readonly selected: Phase | '';
  readonly onSelect: (phase: Phase | '') => void;
}

/** The phases that occur, with how many machines are in each. */
export function PhaseFilter({ machines, selected, onSelect }: PhaseFilterProps) {
  const t = texts.value;
  const counts = Map.groupBy(machines, ({ phase }) => phase);
  const present = PHASES.filter((phase) => counts.has(phase) || phase === selected);
  return (
    <fieldset class="chips">
      <legend class="visually-hidden">{t.filterByPhase}</legend>
      <Chip label={t.all} count={machines.length} isOn={selected === ''} onClick={() => onSelect('')} />
      {present.map((phase) => (
        <Chip
          key={phase}
          label={t.phases[phase]}
          phase={phase}
          count={counts.get(phase)?.length ?? 0}
          isOn={selected === phase}
          onClick={() => onSelect(selected === phase ? '' : phase)}
        />
      ))}
    </fieldset>
  );
}

interface ChipProps {
  readonly label: string;
  readonly phase?: Phase;
  readonly count: number;
  readonly isOn: boolean;
  readonly onClick: () => void;
}

const Chip = ({ label, phase, count, isOn, onClick }: ChipProps) => (
  <button type="button" class="chip" data-phase={phase} aria-pressed={isOn} onClick={onClick}>
    {label} <span class="chip-count">{count}</span>
  </button>
);

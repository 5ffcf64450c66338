import type { Phase } from '../../../client/index.ts';
import { texts } from '../i18n/texts.ts';

/** A phase: its colour and its word. */
export const PhaseBadge = ({ phase }: { phase: Phase }) => (
  <span class="phase" data-phase={phase}>
    {texts.value.phases[phase]}
  </span>
);

/** The current step of a build. `total` does not count cached packages. */
export type BuildStep =
  | { readonly kind: 'look' }
  | { readonly kind: 'download'; readonly modules: number }
  | { readonly kind: 'compile'; readonly done: number; readonly total: number }
  | { readonly kind: 'link'; readonly programs: number };

export function formatStep(step: BuildStep, elapsedMs: number): string {
  return `${describe(step)} · ${formatElapsed(elapsedMs)}`;
}

function describe(step: BuildStep): string {
  switch (step.kind) {
    case 'look':
      return 'listing the packages to build';
    case 'download':
      return `downloading Go modules: ${step.modules} so far`;
    case 'compile': {
      const percent = step.total === 0 ? 100 : Math.floor((100 * step.done) / step.total);
      return `compiling: ${step.done} of ${step.total} packages (${percent} %)`;
    }
    case 'link':
      return `linking ${step.programs} program${step.programs === 1 ? '' : 's'}`;
  }
}

export function formatElapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Progress {
  readonly show: (step: BuildStep) => void;
  readonly end: () => void;
}

const TTY_INTERVAL_MS = 250;
const LOG_INTERVAL_MS = 10_000;

/** Rewrites one line on a terminal. Elsewhere, prints a line for each new step and one every ten seconds. */
export function startProgress(output: ProgressOutput, now: () => number = Date.now): Progress {
  const started = now();
  const tty = output.isTTY === true;
  let current: BuildStep = { kind: 'look' };
  const print = () => {
    const line = formatStep(current, now() - started);
    output.write(tty ? `\r\u001b[2K${line}` : `${line}\n`);
  };
  const timer = setInterval(print, tty ? TTY_INTERVAL_MS : LOG_INTERVAL_MS);
  print();
  return {
    show: (step) => {
      const entered = step.kind !== current.kind;
      current = step;
      if (entered) print();
    },
    end: () => {
      clearInterval(timer);
      if (tty) output.write('\r\u001b[2K');
    },
  };
}

import type { MachineSpec } from '../../../../client/index.ts';

/** A machine that is being described. What is typed may be wrong: the API says so. */
export interface Draft {
  readonly name: string;
  readonly namespace: string;
  readonly spec: DraftSpec;
}

/** The spec while it is edited: fields may be missing, or not yet valid. */
export type DraftSpec = Readonly<Record<string, unknown>>;

/** What is sent. Lists and objects that were left empty are left out. */
export const toSpec = (spec: DraftSpec): MachineSpec =>
  Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as MachineSpec;

export interface Template {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly ide: 'vscode' | 'jupyter';
  readonly gpu: boolean;
  readonly recommended: { readonly cpu: number; readonly memory: string };
}

export interface Size {
  readonly cpu: number;
  readonly memory: string;
  readonly storage: string;
}

/** Sizes around what the template recommends: half, that much, and twice as much. */
export function sizesOf(
  template: Template | undefined,
): Readonly<Record<'small' | 'medium' | 'large', Size>> {
  const { cpu, memory } = template?.recommended ?? { cpu: 2, memory: '4Gi' };
  const gibibytes = Number.parseInt(memory, 10);
  const sized = (factor: number, storage: string): Size => ({
    cpu: Math.max(1, Math.round(cpu * factor)),
    memory: `${Math.max(1, Math.round(gibibytes * factor))}Gi`,
    storage,
  });
  return { small: sized(0.5, '10Gi'), medium: sized(1, '20Gi'), large: sized(2, '50Gi') };
}

/** The spec with another template, and with the size that it recommends if the former template's size was still chosen. */
export function withTemplate(spec: DraftSpec, template: Template | undefined, former?: Template): DraftSpec {
  const sized = isSize(spec, sizesOf(former).medium) ? withSize(spec, sizesOf(template).medium) : spec;
  const { template: _, gpu: __, ...rest } = sized;
  if (!template) return rest;
  return { ...rest, template: template.name, ...(template.gpu ? { gpu: spec['gpu'] || 1 } : {}) };
}

export const withSize = (spec: DraftSpec, { cpu, memory, storage }: Size): DraftSpec => ({
  ...spec,
  cpu,
  memory,
  storage: { ...(spec['storage'] as object | undefined), size: storage },
});

export const isSize = (spec: DraftSpec, { cpu, memory, storage }: Size): boolean =>
  spec['cpu'] === cpu &&
  spec['memory'] === memory &&
  (spec['storage'] as { size?: string } | undefined)?.size === storage;

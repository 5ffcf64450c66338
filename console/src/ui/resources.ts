import type { MachineSpec } from '../../../client/index.ts';

/** The size of a machine in a few words: "2 CPU · 4Gi · 1 GPU · 20Gi". */
export function sizeOf({ cpu, memory, gpu, storage }: MachineSpec): string {
  const parts = [`${cpu ?? 1} CPU`, memory, gpu ? `${gpu} GPU` : '', storage?.size ?? ''];
  return parts.filter(Boolean).join(' · ');
}

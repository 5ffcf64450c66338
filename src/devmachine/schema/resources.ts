import { Type } from '@sinclair/typebox';
import { rule, rules } from './cel-rules.ts';
import { RESOURCE_NAME } from './formats.ts';

/** Extended resources: what device plugins offer on nodes, such as GPUs. */

const DEFAULT_GPU_RESOURCE = 'nvidia.com/gpu';

const IS_OUTSIDE_KUBERNETES =
  'must be an extended resource, outside kubernetes.io and without the prefix "requests."';

const isOutsideKubernetes = (name: string): boolean =>
  !name.includes('kubernetes.io/') && !name.startsWith('requests.');

export const gpuResource = Type.String({
  ...RESOURCE_NAME,
  default: DEFAULT_GPU_RESOURCE,
  description:
    'The extended resource that `gpu` counts. MIG slices have other names, such as nvidia.com/mig-1g.10gb.',
  ...rules(
    rule<string>(
      "!self.contains('kubernetes.io/') && !self.startsWith('requests.')",
      IS_OUTSIDE_KUBERNETES,
      isOutsideKubernetes,
    ),
  ),
});

type Amounts = Record<string, number>;

const resourceName = new RegExp(RESOURCE_NAME.pattern, 'u');

const isName = (name: string): boolean => resourceName.test(name) && name.length <= RESOURCE_NAME.maxLength;

export const resources = Type.Unsafe<Amounts>({
  type: 'object',
  additionalProperties: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
  maxProperties: 16,
  description:
    'Further extended resources: name and whole number, such as {"nvidia.com/gpumem": 8000} or {"rdma/hca": 1}.',
  ...rules(
    rule<Amounts>(
      `self.all(name, name.matches('${RESOURCE_NAME.pattern}') && size(name) <= ${RESOURCE_NAME.maxLength})`,
      'each name must be that of an extended resource, such as rdma/hca',
      (amounts) => Object.keys(amounts).every(isName),
    ),
    rule<Amounts>(
      "self.all(name, !name.contains('kubernetes.io/') && !name.startsWith('requests.'))",
      `each name ${IS_OUTSIDE_KUBERNETES}`,
      (amounts) => Object.keys(amounts).every(isOutsideKubernetes),
    ),
  ),
});

interface Devices {
  gpu?: number;
  gpuResource?: string;
  resources?: Amounts;
}

/** Rules of the spec. */
export const deviceRules = [
  rule<Devices>(
    '!has(self.resources) || !has(self.gpuResource) || !(self.gpuResource in self.resources)',
    'gpuResource must not be in resources, because gpu counts it',
    ({ resources: amounts = {}, gpuResource: name = DEFAULT_GPU_RESOURCE }) => !Object.hasOwn(amounts, name),
    '.resources',
  ),
  rule<Devices>(
    "!has(self.resources) || (has(self.gpu) && self.gpu > 0) || !self.resources.exists(name, name.startsWith('nvidia.com/gpu') || name.startsWith('nvidia.com/mig-'))",
    'nvidia.com/gpu… and nvidia.com/mig-… require gpu, because a machine without gpu sees no GPU',
    ({ resources: amounts = {}, gpu = 0 }) =>
      gpu > 0 || !Object.keys(amounts).some((name) => /^nvidia\.com\/(gpu|mig-)/.test(name)),
    '.resources',
  ),
];

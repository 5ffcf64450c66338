import { Type } from '@sinclair/typebox';
import { MachineName, Namespace } from '../../../devmachine/schema/manifest.ts';
import { stringEnum } from '../../../devmachine/schema/typebox.ts';
import { invalid } from '../../responses/validation.ts';

/** The query parameters that several calls share. */

/** Which machine a call is about. */
export const TARGET = { namespace: Type.Optional(Namespace), name: MachineName };

/** A container of the machine's pod. The pattern is that of DNS labels. */
export const CONTAINER = Type.Optional({
  ...Namespace,
  description: 'A container of the pod, init containers included. By default, the one of the machine itself.',
});

/** A boolean parameter; false by default. */
export const flag = (description: string) => Type.Optional(stringEnum(['true', 'false'], { description }));

export const DRY_RUN = flag('true: validate the request on the cluster, but store nothing.');

interface IntegerRange<Default> {
  readonly minimum: number;
  readonly maximum: number;
  readonly default: Default;
}

/** An integer parameter. The schema only documents it, because query parameters are strings: `parseInteger` validates. */
export const integer = (range: IntegerRange<number | undefined>, description: string) =>
  Type.Optional(Type.Unsafe<string>({ type: ['integer', 'string'], ...range, description }));

/** The value of an integer parameter, or its default. Throws invalid-request. */
export function parseInteger<Default>(
  parameter: string,
  text: string | undefined,
  range: IntegerRange<Default>,
): number | Default {
  if (text === undefined) return range.default;
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= range.minimum && value <= range.maximum) return value;
  throw invalid({ parameter, message: `must be an integer from ${range.minimum} to ${range.maximum}` });
}

/**
 * The namespace of a request: from the query, from the body, or the default one. Throws invalid-request if there is none,
 * or if query and body disagree.
 */
export type ResolveNamespace = (inQuery: string | undefined, inBody?: string) => string;

export const namespaceResolver =
  (defaultNamespace: string | undefined): ResolveNamespace =>
  (inQuery, inBody) => {
    if (inQuery !== undefined && inBody !== undefined && inQuery !== inBody) {
      throw invalid({
        pointer: '/metadata/namespace',
        message: `does not match the query parameter namespace, ${inQuery}`,
      });
    }
    const namespace = inQuery ?? inBody ?? defaultNamespace;
    if (namespace === undefined) throw invalid({ parameter: 'namespace', message: 'is required' });
    return namespace;
  };

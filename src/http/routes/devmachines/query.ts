import { Type } from '@sinclair/typebox';
import { MachineName, Namespace } from '../../../devmachine/schema/manifest.ts';
import { stringEnum } from '../../../devmachine/schema/typebox.ts';
import { invalid } from '../../responses/validation.ts';

/** Which machine a call is about: query parameters that many calls share. */
export const TARGET = { namespace: Type.Optional(Namespace), name: MachineName };

export const Target = Type.Object(TARGET, { additionalProperties: false });

/** A query parameter that is true or false; without it, false. */
export const flag = (description: string) => Type.Optional(stringEnum(['true', 'false'], { description }));

export const DRY_RUN = flag('true: everything is checked, nothing is stored.');

/** Finds a request's namespace: in the query, in the body, or `byDefault`. */
export const namespaceRule =
  (byDefault: string | undefined) =>
  (inQuery: string | undefined, inBody?: string): string => {
    if (inQuery !== undefined && inBody !== undefined && inQuery !== inBody) {
      throw invalid({
        pointer: '/metadata/namespace',
        message: `differs from the query's namespace ${inQuery}`,
      });
    }
    const namespace = inQuery ?? inBody ?? byDefault;
    if (namespace === undefined) throw invalid({ parameter: 'namespace', message: 'is required' });
    return namespace;
  };

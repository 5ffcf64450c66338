import type { TSchema } from '@sinclair/typebox';
import { Ajv, type ValidateFunction } from 'ajv';
import type { FastifyRequest, FastifySchemaCompiler, preHandlerAsyncHookHandler } from 'fastify';
import type { FastifySchemaValidationError, FastifyValidationResult } from 'fastify/types/schema.js';
import { DevMachineError, type FieldError } from '../../devmachine/errors.ts';
import { pointerKeys } from '../../devmachine/json-pointer.ts';
import { ruleViolations } from '../../devmachine/schema/cel-rules.ts';

/**
 * How requests are validated, in tests as in production: nothing is coerced, removed or filled in, and every fault is
 * reported, not only the first.
 */
export const AJV_OPTIONS = {
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: false,
  allErrors: true,
  allowUnionTypes: true,
  addUsedSchema: false,
  keywords: ['x-kubernetes-validations', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys'],
};

/**
 * Compiles each schema when the first request needs it: all of them together would take longer than the rest of a start.
 * That they are good schemas is known beforehand (test/unit/http/schemas.test.ts).
 */
export function lazyValidators(): FastifySchemaCompiler<TSchema> {
  const ajv = new Ajv({ ...AJV_OPTIONS, validateSchema: false });
  return ({ schema }) => {
    let validate: ValidateFunction | undefined;
    const isValid: FastifyValidationResult = (data) => {
      validate ??= ajv.compile(schema);
      const holds = validate(data);
      isValid.errors = validate.errors as FastifySchemaValidationError[] | null;
      return holds;
    };
    return isValid;
  };
}

/** More would help nobody, and a body can have a hundred thousand. */
const MOST_ERRORS = 50;

type Fault = Omit<FieldError, 'source'>;

/** Fields of a request that are at fault, as an error. */
export function invalid(...faults: Fault[]): DevMachineError {
  const errors = faults.map((fault): FieldError => ({ ...fault, source: 'request' }));
  const [first] = errors;
  const where = first?.parameter ?? (first?.pointer || 'The body');
  const detail =
    errors.length === 1 ? `${where} ${first?.message}.` : `${errors.length} faults in the request.`;
  return new DevMachineError('invalid-request', detail, { errors });
}

/** Ajv's errors as ours; `place` is Fastify's name for the part of the request. */
export function toRequestError(
  errors: readonly FastifySchemaValidationError[],
  place: string,
): DevMachineError {
  const mistyped = new Set(errors.filter(isTypeError).map(({ instancePath }) => instancePath));
  // A value of the wrong type breaks every other rule of its field too: the type is what is to be mended.
  const news = errors.filter((error) => isTypeError(error) || !mistyped.has(error.instancePath));
  return invalid(...news.slice(0, MOST_ERRORS).map((error) => toFault(error, place)));
}

/** A hook that refuses a body which satisfies its schema and breaks one of the schema's rules. */
export const validateRules =
  (schema: TSchema): preHandlerAsyncHookHandler =>
  async ({ body }: FastifyRequest) => {
    const broken = ruleViolations(schema, body);
    if (broken.length > 0) throw invalid(...broken.slice(0, MOST_ERRORS));
  };

const isTypeError = ({ keyword }: FastifySchemaValidationError): boolean => keyword === 'type';

function toFault(error: FastifySchemaValidationError, place: string): Fault {
  const { missingProperty, additionalProperty } = error.params as Record<string, string | undefined>;
  const extra = missingProperty ?? additionalProperty;
  const key = extra === undefined ? '' : `/${extra.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const pointer = error.instancePath + key;
  const message = messageOf(error);
  return place === 'querystring'
    ? { parameter: pointerKeys(pointer)[0] ?? '', message }
    : { pointer, message };
}

function messageOf({ keyword, message = 'is invalid', params }: FastifySchemaValidationError): string {
  if (keyword === 'required') return 'is required';
  if (keyword === 'additionalProperties') return 'is not a known field';
  if (keyword === 'enum')
    return `must be one of ${(params['allowedValues'] as unknown as string[]).join(', ')}`;
  return message;
}

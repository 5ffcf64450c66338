import type { TSchema } from '@sinclair/typebox';
import { Ajv, type ValidateFunction } from 'ajv';
import type { FastifyRequest, FastifySchemaCompiler, preHandlerAsyncHookHandler } from 'fastify';
import type { FastifySchemaValidationError, FastifyValidationResult } from 'fastify/types/schema.js';
import { DevMachineError, type FieldError } from '../../devmachine/errors.ts';
import { escapeKey, pointerKeys } from '../../devmachine/json-pointer.ts';
import { type RuleOptions, ruleViolations } from '../../devmachine/schema/cel-rules.ts';

/** Nothing is coerced, removed or defaulted, and all errors are reported, not only the first. */
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
 * Fastify's validator compiler. It compiles a schema on the first request that needs it, because compiling all of them
 * would double the start-up time. test/http/responses/validation.test.ts checks that the schemas themselves are valid.
 */
export function lazyValidators(): FastifySchemaCompiler<TSchema> {
  const ajv = new Ajv({ ...AJV_OPTIONS, validateSchema: false });
  return ({ schema }) => {
    let validate: ValidateFunction | undefined;
    const isValid: FastifyValidationResult = (data) => {
      validate ??= ajv.compile(schema);
      const valid = validate(data);
      isValid.errors = validate.errors as FastifySchemaValidationError[] | null;
      return valid;
    };
    return isValid;
  };
}

/** A body can contain a hundred thousand errors. */
const MAX_ERRORS = 50;

type RequestFieldError = Omit<FieldError, 'source'>;

/** An invalid-request error for these fields of the request. */
export function invalid(...fields: RequestFieldError[]): DevMachineError {
  const errors = fields.map((field): FieldError => ({ ...field, source: 'request' }));
  const [first] = errors;
  const where = first?.parameter ?? (first?.pointer || 'The body');
  const detail =
    errors.length === 1 ? `${where} ${first?.message}.` : `The request has ${errors.length} errors.`;
  return new DevMachineError('invalid-request', detail, { errors });
}

/** Ajv's errors as an invalid-request error. `context` is Fastify's name for the part of the request: body, querystring, … */
export function toRequestError(
  errors: readonly FastifySchemaValidationError[],
  context: string,
): DevMachineError {
  const mistyped = new Set(errors.filter(isTypeError).map(({ instancePath }) => instancePath));
  // A value of the wrong type also violates every other rule of its field: only the type is worth reporting.
  const relevant = errors.filter((error) => isTypeError(error) || !mistyped.has(error.instancePath));
  return invalid(...relevant.slice(0, MAX_ERRORS).map((error) => toFieldError(error, context)));
}

/** A hook that refuses a body that matches `schema` but violates one of its CEL rules. */
export const validateRules =
  (schema: TSchema, options: RuleOptions = {}): preHandlerAsyncHookHandler =>
  async ({ body }: FastifyRequest) => {
    const violations = ruleViolations(schema, body, options);
    if (violations.length > 0) throw invalid(...violations.slice(0, MAX_ERRORS));
  };

const isTypeError = ({ keyword }: FastifySchemaValidationError): boolean => keyword === 'type';

function toFieldError(error: FastifySchemaValidationError, context: string): RequestFieldError {
  const { missingProperty, additionalProperty } = error.params as Record<string, string | undefined>;
  const key = missingProperty ?? additionalProperty;
  const pointer = key === undefined ? error.instancePath : `${error.instancePath}/${escapeKey(key)}`;
  const message = toMessage(error);
  return context === 'querystring'
    ? { parameter: pointerKeys(pointer)[0] ?? '', message }
    : { pointer, message };
}

function toMessage({ keyword, message = 'is invalid', params }: FastifySchemaValidationError): string {
  if (keyword === 'required') return 'is required';
  if (keyword === 'additionalProperties') return 'is not a known field';
  if (keyword === 'enum')
    return `must be one of ${(params['allowedValues'] as unknown as string[]).join(', ')}`;
  return message;
}

import { Type } from '@sinclair/typebox';
import { ratchetedRule, rule, rules } from './cel-rules.ts';
import * as format from './formats.ts';
import { secretName } from './object-names.ts';
import { stringEnum, uniqueNames } from './typebox.ts';

/** The fields of the spec that have the same meaning as in a pod. */

const secretKeyRef = Type.Object(
  {
    name: secretName({ description: 'Name of a Secret in the same namespace.' }),
    key: Type.String({ ...format.SECRET_KEY, description: 'Key in the Secret.' }),
    optional: Type.Optional(
      Type.Boolean({ description: 'true starts the machine even if the Secret or the key does not exist.' }),
    ),
  },
  { additionalProperties: false, description: 'A key of a Secret.' },
);

const envVar = Type.Object(
  {
    name: Type.String({
      ...format.ENV_NAME,
      description: 'Name of the variable.',
      ...rules(
        // With it, a machine would see GPUs that it does not request. The chart drops it from stored machines.
        ratchetedRule<string>(
          "self != 'NVIDIA_VISIBLE_DEVICES'",
          'is reserved: NVIDIA_VISIBLE_DEVICES follows from gpu',
          (name) => name !== 'NVIDIA_VISIBLE_DEVICES',
        ),
      ),
    }),
    value: Type.Optional(
      Type.String({
        ...format.PROCESS_TEXT,
        maxLength: 32768,
        description: 'Value of the variable. Defaults to the empty string.',
      }),
    ),
    valueFrom: Type.Optional(
      Type.Object({ secretKeyRef }, { additionalProperties: false, description: 'Source of the value.' }),
    ),
  },
  {
    additionalProperties: false,
    ...rules(
      rule<{ value?: string; valueFrom?: object }>(
        '!has(self.value) || !has(self.valueFrom)',
        'value and valueFrom are mutually exclusive',
        (variable) => variable.value === undefined || variable.valueFrom === undefined,
      ),
    ),
  },
);

export const env = Type.Array(envVar, {
  maxItems: 128,
  description: 'Environment variables.',
  ...uniqueNames,
});

const toleration = Type.Object(
  {
    key: Type.Optional(
      Type.String({
        ...format.LABEL_KEY,
        description: 'Key of the taint. Without it, every taint is tolerated (operator Exists).',
      }),
    ),
    operator: Type.Optional(
      stringEnum(['Exists', 'Equal'], { description: 'How the taint is compared. Defaults to Equal.' }),
    ),
    value: Type.Optional(
      Type.String({ ...format.LABEL_VALUE, description: 'Value of the taint, for operator Equal.' }),
    ),
    effect: Type.Optional(
      stringEnum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], {
        description: 'Effect that is tolerated. Without it, all effects are.',
      }),
    ),
    tolerationSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2_147_483_647,
        description:
          'For effect NoExecute: how many seconds the taint is tolerated. Without it, the taint is tolerated forever.',
      }),
    ),
  },
  {
    additionalProperties: false,
    ...rules(
      rule<{ key?: string; operator?: string }>(
        "has(self.key) || (has(self.operator) && self.operator == 'Exists')",
        'a toleration without key requires operator Exists',
        (value) => value.key !== undefined || value.operator === 'Exists',
      ),
      rule<{ operator?: string; value?: string }>(
        "!has(self.operator) || self.operator != 'Exists' || !has(self.value) || self.value == ''",
        'a toleration with operator Exists must not have a value',
        (value) => value.operator !== 'Exists' || !value.value,
      ),
      rule<{ effect?: string; tolerationSeconds?: number }>(
        "!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute')",
        'tolerationSeconds requires effect NoExecute',
        (value) => value.tolerationSeconds === undefined || value.effect === 'NoExecute',
      ),
    ),
  },
);

export const tolerations = Type.Array(toleration, {
  maxItems: 32,
  description: 'Taints that the machine tolerates, as in a pod.',
  'x-kubernetes-list-type': 'atomic',
});

const labelKey = new RegExp(format.LABEL_KEY.pattern, 'u');

export const nodeSelector = Type.Unsafe<Record<string, string>>({
  type: 'object',
  additionalProperties: Type.String({ ...format.LABEL_VALUE }),
  maxProperties: 32,
  description: 'Labels that a node must have to run the machine, as in a pod.',
  ...rules(
    rule<Record<string, string>>(
      `self.all(key, key.matches('${format.LABEL_KEY.pattern}'))`,
      'each key must be a label key, such as kubernetes.io/arch',
      (value) => Object.keys(value).every((key) => labelKey.test(key)),
    ),
  ),
});

const imagePullSecret = Type.Object(
  { name: secretName({ description: 'Name of a Secret in the same namespace.' }) },
  { additionalProperties: false },
);

export const imagePullSecrets = Type.Array(imagePullSecret, {
  maxItems: 16,
  description: 'Secrets of type kubernetes.io/dockerconfigjson with the credentials for pulling the image.',
  ...uniqueNames,
});

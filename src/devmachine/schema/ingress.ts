import { Type } from '@sinclair/typebox';
import { rule, rules } from './cel-rules.ts';
import * as format from './formats.ts';
import { secretName } from './object-names.ts';
import { stringEnum } from './typebox.ts';

const issuer = Type.Object(
  {
    name: Type.String({ ...format.OBJECT_NAME, description: 'Name of the cert-manager issuer.' }),
    kind: Type.Optional(
      stringEnum(['Issuer', 'ClusterIssuer'], {
        default: 'Issuer',
        description: "Kind of the issuer. An Issuer is in the machine's namespace.",
      }),
    ),
  },
  { additionalProperties: false, description: 'The cert-manager issuer that issues the certificate.' },
);

const tls = Type.Object(
  {
    secretName: Type.Optional(
      secretName({ description: 'Name of a Secret of type kubernetes.io/tls in the same namespace.' }),
    ),
    issuer: Type.Optional(issuer),
  },
  {
    additionalProperties: false,
    description: 'Where the certificate for ingressDomain comes from: a Secret or a cert-manager issuer.',
    ...rules(
      rule<{ secretName?: string; issuer?: object }>(
        'has(self.secretName) != has(self.issuer)',
        'exactly one of secretName and issuer is required',
        (value) => (value.secretName === undefined) !== (value.issuer === undefined),
      ),
    ),
  },
);

/** `spec.ingress`: how the host name of the machine is served. */
export const ingress = Type.Object(
  {
    className: Type.Optional(
      Type.String({
        ...format.OBJECT_NAME,
        description:
          "IngressClass of the machine. Defaults to the administrator's, or else the cluster's default class.",
      }),
    ),
    tls: Type.Optional(tls),
  },
  { additionalProperties: false, description: 'How ingressDomain is served.' },
);

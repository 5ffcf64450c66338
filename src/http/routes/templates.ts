import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { TEMPLATE_NAMES, TEMPLATES } from '../../devmachine/schema/templates.ts';
import { stringEnum } from '../../devmachine/schema/typebox.ts';
import { sendStatic, versionOf } from '../responses/document.ts';
import { NOT_MODIFIED } from '../responses/schemas.ts';

const MAX_AGE_SECONDS = 300;

const TemplateInfo = Type.Object(
  {
    name: stringEnum(TEMPLATE_NAMES, { description: "The value of a machine's `spec.template`." }),
    title: Type.String({ description: 'The name to show to people.' }),
    description: Type.String({ description: 'What runs in the machine, in one sentence.' }),
    ide: stringEnum(['vscode', 'jupyter'], { description: 'The IDE.' }),
    gpu: Type.Boolean({ description: 'Whether the template is meant for machines with a GPU.' }),
    image: Type.String({ description: 'The image of machines that set none.' }),
    bringsIde: Type.Boolean({ description: 'false: a custom image must contain the IDE.' }),
    port: Type.Integer({ description: 'The default port of the IDE.' }),
    home: Type.String({ description: 'The home directory, where the disk is mounted by default.' }),
    recommended: Type.Object(
      {
        cpu: Type.Integer({ description: "A value for a machine's `spec.cpu`." }),
        memory: Type.String({ description: "A value for a machine's `spec.memory`." }),
      },
      { description: 'Enough for one person to work with. The API sets neither.' },
    ),
  },
  { description: 'A template of machines.' },
);

const TemplateList = Type.Object({
  items: Type.Array(TemplateInfo, { description: 'The templates.' }),
});

/** The public fields: how the IDE is started and protected is not among them. */
const items = TEMPLATE_NAMES.map((name) => {
  const { title, description, ide, gpu, image, bringsIde, port, home, recommended } = TEMPLATES[name];
  return { name, title, description, ide, gpu, image, bringsIde, port, home, recommended };
});

const json = JSON.stringify({ items });
const version = versionOf([json]);

const schema = {
  operationId: 'listTemplates',
  summary: 'List the templates of machines',
  description: 'The catalogue changes only with the version of the API.',
  response: {
    200: {
      description: 'The catalogue.',
      content: {
        'application/json': {
          schema: TemplateList,
          examples: { catalogue: { summary: 'The catalogue', value: { items } } },
        },
      },
    },
    304: NOT_MODIFIED,
  },
};

export const templateRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/templates', { schema, config: { access: 'authenticated' } }, async (request, reply) =>
    sendStatic<typeof TemplateList.static>(request, reply, { version, json }, MAX_AGE_SECONDS),
  );
};

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import { TEMPLATE_NAMES, TEMPLATES } from '../../devmachine/schema/templates.ts';
import { stringEnum } from '../../devmachine/schema/typebox.ts';
import { sendDocument, versionOf } from '../responses/document.ts';
import { NOT_MODIFIED } from '../responses/problems.ts';

const TemplateInfo = Type.Object(
  {
    name: stringEnum(TEMPLATE_NAMES, { description: "What a machine's `spec.template` says." }),
    title: Type.String({ description: 'What a person reads in a list.' }),
    description: Type.String({ description: 'One sentence: what runs in the machine.' }),
    ide: stringEnum(['vscode', 'jupyter'], { description: 'The IDE that is served.' }),
    gpu: Type.Boolean({ description: 'Whether the template is meant for machines with a GPU.' }),
    image: Type.String({ description: 'The image of machines that name none.' }),
    bringsIde: Type.Boolean({ description: 'false: an image of your own must hold the IDE.' }),
    port: Type.Integer({ description: 'The port that the IDE serves by default.' }),
    home: Type.String({ description: 'The home directory: where the disk is mounted by default.' }),
  },
  { description: 'A template, as people choose from.' },
);

const TemplateList = Type.Object({
  items: Type.Array(TemplateInfo, { description: 'The templates.' }),
});

/** What the catalogue says to people; how the IDE is started and guarded stays here. */
const items = TEMPLATE_NAMES.map((name) => {
  const { title, description, ide, gpu, image, bringsIde, port, home } = TEMPLATES[name];
  return { name, title, description, ide, gpu, image, bringsIde, port, home };
});

const json = JSON.stringify({ items });
const version = versionOf([json]);

export const templateRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/templates',
    {
      schema: {
        operationId: 'listTemplates',
        summary: 'List the templates of machines',
        description: 'The catalogue changes with a new version of the API only.',
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
      },
    },
    async (request, reply) =>
      sendDocument<typeof TemplateList.static>(request, reply, {
        version,
        json,
        cacheControl: 'max-age=300',
      }),
  );
};

import { pino } from 'pino';
import { buildApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { anyCaller, type Power } from '../src/devmachine/caller.ts';
import type { Machines } from '../src/devmachine/machines.ts';
import { toYaml } from '../src/http/routes/openapi.ts';

/** The OpenAPI document, derived from the schemas of the routes. */
export async function openapi(): Promise<string> {
  const app = await buildApp(loadConfig({}), {
    machines: {} as Machines,
    callers: anyCaller({} as Power),
    logger: pino({ level: 'silent' }),
  });
  await app.ready();
  const document = toYaml(app.swagger());
  await app.close();
  return document;
}

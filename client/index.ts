export * from './client.ts';
export * from './events.ts';
export * from './logs.ts';
export type * from './schema.ts';
export * from './terminal.ts';

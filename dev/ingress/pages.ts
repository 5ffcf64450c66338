import type { ServerResponse } from 'node:http';

/** What the relay itself answers. */
export interface Page {
  readonly status: number;
  readonly title: string;
  /** Paragraphs of plain text. */
  readonly text: readonly string[];
  readonly links?: readonly string[];
  /** After this time, the browser tries again. */
  readonly retryAfterSeconds?: number;
}

export function sendPage(response: ServerResponse, page: Page): void {
  if (response.headersSent || response.destroyed) return;
  const { status, retryAfterSeconds } = page;
  const html = toHtml(page);
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(html),
      'cache-control': 'no-store',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      // What is left of the request is not read.
      connection: 'close',
    })
    .end(html);
}

function toHtml({ title, text, links = [], retryAfterSeconds }: Page): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
${retryAfterSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${retryAfterSeconds}">`}
<title>${escapeHtml(title)}</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; margin: 10vh auto; max-width: 40rem; padding: 0 1rem }</style>
<h1>${escapeHtml(title)}</h1>
${text.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('\n')}
${links.length === 0 ? '' : `<ul>${links.map(toItem).join('')}</ul>`}
</html>
`;
}

const toItem = (url: string): string => `<li><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></li>`;

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

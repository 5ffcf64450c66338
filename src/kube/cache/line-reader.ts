const NEWLINE = 0x0a;

/**
 * Splits a stream of bytes into lines, without their newline. Only \n ends a line (JSON may contain U+2028), a UTF-8
 * character may span chunks, and a last line without a newline is incomplete: it is dropped.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...pending, chunk.subarray(start, end)]).toString('utf8');
      pending = [];
      start = end + 1;
      if (line.length > 0) yield line;
    }
    if (start < chunk.length) pending.push(chunk.subarray(start));
  }
}

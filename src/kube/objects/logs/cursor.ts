/**
 * How far a log has been read. It takes the lines of one container with their timestamps, as often as the log is requested,
 * and gives each line once, without its timestamp. A request begins at a whole second, so that it repeats lines: they are
 * skipped up to the one that was given last, or to the first one that is newer than all that were given.
 *
 * Timestamps alone do not do: those of standard output and standard error are not exactly in order.
 */
export class LogCursor {
  /** The newest timestamp that was given. */
  #newest = '';
  /** The line that was given last, and how often in succession. */
  #last: Buffer = NOTHING;
  #repeats = 0;
  /** How often the last line is still to be skipped. */
  #toSkip = 0;
  /** The beginning of a line. */
  #rest: Buffer = NOTHING;
  /** Whether `#rest` continues a line that was too long to wait for. */
  #continues = false;

  /** The query that requests what is new; undefined if there has been no line yet. Call it for each request. */
  restart(): { readonly sinceTime: string } | undefined {
    this.#rest = NOTHING;
    this.#continues = false;
    this.#toSkip = this.#repeats;
    return this.#newest === '' ? undefined : { sinceTime: this.#newest.replace(/\.\d+/, '') };
  }

  /** The new lines that a chunk of the log completes. */
  take(chunk: Buffer): Buffer {
    const text = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = text.indexOf(NEWLINE); end >= 0; end = text.indexOf(NEWLINE, start)) {
      this.#takeLine(text.subarray(start, end + 1), lines);
      start = end + 1;
    }
    this.#rest = text.subarray(start);
    if (this.#rest.length > MAX_LINE_BYTES) {
      this.#takeLine(this.#rest, lines);
      this.#rest = NOTHING;
      this.#continues = true;
    }
    return Buffer.concat(lines);
  }

  /** The last line, if the log has ended without a line break. */
  end(): Buffer {
    return this.#rest.length > 0 ? this.take(Buffer.of(NEWLINE)) : NOTHING;
  }

  #takeLine(line: Buffer, lines: Buffer[]): void {
    const time = this.#continues ? '' : timestampOf(line);
    this.#continues = false;
    if (time === '') lines.push(line);
    else if (!this.#skips(line, time)) {
      if (time > this.#newest) this.#newest = time;
      this.#repeats = line.equals(this.#last) ? this.#repeats + 1 : 1;
      // A copy: the line would keep its whole chunk.
      this.#last = Buffer.from(line);
      lines.push(line.subarray(time.length + 1));
    }
  }

  #skips(line: Buffer, time: string): boolean {
    if (this.#toSkip === 0) return false;
    if (time > this.#newest) {
      this.#toSkip = 0;
      return false;
    }
    if (line.equals(this.#last)) this.#toSkip--;
    return true;
  }
}

const NOTHING: Buffer = Buffer.alloc(0);
const NEWLINE = 10;
const SPACE = 32;
/** A longer line is given in pieces. */
const MAX_LINE_BYTES = 1_048_576;

/** The kubelet writes all timestamps with nine digits, so that they sort as text. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)$/;

/** Empty for a line without one, such as an error message of the kubelet. */
function timestampOf(line: Buffer): string {
  const text = line.toString('latin1', 0, Math.max(0, line.subarray(0, 40).indexOf(SPACE)));
  return TIMESTAMP.test(text) ? text : '';
}

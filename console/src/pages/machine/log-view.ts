/** Older lines are dropped: the browser would become slow, and `Download` has what is here. */
const MAX_LINES = 5_000;

/**
 * Writes text to an element as it arrives, at most once a frame, and follows the end while the reader is there. It
 * bypasses Preact: comparing thousands of lines for each new one would be slow.
 */
export class LogView {
  readonly #element: HTMLElement;
  readonly #chunks: { readonly node: Text; readonly lines: number }[] = [];
  #pending = '';
  #lines = 0;
  #frame: number | undefined;
  isPaused = false;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  append(text: string): void {
    this.#pending = `${this.#pending}${text}`.slice(-1_000_000);
    if (!this.isPaused) this.#frame ??= requestAnimationFrame(() => this.#draw());
  }

  resume(): void {
    this.isPaused = false;
    this.append('');
  }

  clear(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    this.#pending = '';
    this.#chunks.length = 0;
    this.#lines = 0;
    this.#element.replaceChildren();
  }

  #draw(): void {
    this.#frame = undefined;
    const { scrollHeight, scrollTop, clientHeight } = this.#element;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < 24;
    const node = document.createTextNode(this.#pending);
    const lines = this.#pending.split('\n').length - 1;
    this.#pending = '';
    this.#element.append(node);
    this.#chunks.push({ node, lines });
    this.#lines += lines;
    while (this.#lines > MAX_LINES && this.#chunks.length > 1) {
      const oldest = this.#chunks.shift();
      oldest?.node.remove();
      this.#lines -= oldest?.lines ?? 0;
    }
    if (isAtEnd) this.#element.scrollTop = this.#element.scrollHeight;
  }
}

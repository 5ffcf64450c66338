/**
 * Lets xterm.js style itself under a CSP that forbids inline styles: what it writes into a `<style>` element becomes a style
 * sheet of the document, and what it writes into the `style` attribute of a `<span>` becomes properties. Scripts may set both.
 * xterm.js creates elements with the global document, so this changes its `createElement`; nothing else here creates `<style>`.
 */
export function styleByScript(): void {
  const create = Document.prototype.createElement;
  document.createElement = (name: string, options?: ElementCreationOptions): HTMLElement => {
    if (name === 'style') return styleSheetElement(create.call(document, 'template'));
    const element = create.call(document, name, options);
    return name === 'span' ? Object.assign(element, { setAttribute }) : element;
  };
}

/** An element without effect, which stands for a `<style>` element: its text and its removal are those of a style sheet. */
function styleSheetElement(element: HTMLElement): HTMLElement {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  const remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    Element.prototype.remove.call(element);
  };
  return Object.defineProperties(element, {
    textContent: { set: (text: string) => sheet.replaceSync(text) },
    remove: { value: remove },
  });
}

function setAttribute(this: HTMLElement, name: string, value: string): void {
  if (name === 'style') this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
}

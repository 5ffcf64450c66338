/** Sections of otherwise hand-written files that `npm run generate` fills in. Markers delimit them. */

/** The text of each section, by name. */
export type Sections = Readonly<Record<string, string>>;

/** A file with the current sections between their markers. Throws if the markers of a section are missing. */
export const withSections = (path: string, file: string, sections: Sections): string =>
  Object.entries(sections).reduce(
    (text, [name, section]) =>
      path.endsWith('.md') ? withMarkdown(text, name, section) : withYaml(text, name, section),
    file,
  );

const withMarkdown = (file: string, name: string, section: string): string =>
  replaceBetween(file, `<!-- generated: ${name} -->`, `<!-- end of ${name} -->`, `\n\n${section}\n\n`);

/** In YAML, a section has the indentation of its markers. */
function withYaml(file: string, name: string, section: string): string {
  const [, indent = ''] = new RegExp(`^( *)# end of ${name}$`, 'm').exec(file) ?? [];
  const lines = section.split('\n').map((line) => `${indent}${line}\n`);
  return replaceBetween(file, `# generated: ${name}\n`, `${indent}# end of ${name}\n`, lines.join(''));
}

function replaceBetween(file: string, start: string, end: string, text: string): string {
  const [from, to] = [file.indexOf(start), file.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`The markers "${start.trim()}" and "${end.trim()}" are missing.`);
  return file.slice(0, from) + start + text + file.slice(to);
}

const MAX_LINE = 108;

/** A text as a YAML comment, wrapped at spaces. */
export function comment(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length >= MAX_LINE) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => `# ${line}`).join('\n');
}

/** An element with attributes and no children, on a line. Those that are undefined are left out. */
export function emptyElement(name: string, attributes: Readonly<Record<string, string | undefined>>): string {
  return `<${name}${attributesText(attributes)}/>`;
}

export function startTag(name: string, attributes: Readonly<Record<string, string | undefined>>): string {
  return `<${name}${attributesText(attributes)}>`;
}

function attributesText(attributes: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escaped(value)}"`))
    .join('');
}

// White space other than a space comes back as a space unless it is a reference (XML 1.0 section 3.3.3).
function escaped(text: string): string {
  return text.replace(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** XML as it is to be written: unlike an `Element` it may have an attribute twice, and anything else that is wrong. */
export interface XmlTree {
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly content: readonly (XmlTree | string)[];
}

export type Attribute = readonly [name: string, value: string];

export function tree(name: string, attributes: readonly Attribute[] = [], content: XmlTree['content'] = []): XmlTree {
  return { name, attributes, content };
}

/** Writes it in one line; line ends and tabs as references, so that a parser gives back what was meant. */
export function write({ name, attributes, content }: XmlTree): string {
  const head = [name, ...attributes.map(([key, value]) => `${key}='${escaped(value)}'`)].join(' ');
  if (content.length === 0) return `<${head}/>`;
  const inner = content.map((part) => (typeof part === 'string' ? escaped(part) : write(part)));
  return `<${head}>${inner.join('')}</${name}>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>'"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** All elements of a tree, the outermost first, each with a function that puts another into its place. */
export function* places(
  root: XmlTree,
  put: (other: XmlTree) => XmlTree = (other) => other,
): Generator<{ readonly at: XmlTree; readonly put: (other: XmlTree) => XmlTree }> {
  yield { at: root, put };
  for (const [index, part] of root.content.entries()) {
    if (typeof part !== 'string')
      yield* places(part, (other) => put({ ...root, content: root.content.with(index, other) }));
  }
}

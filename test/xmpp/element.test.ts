import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Element, element, serialize } from '../../src/xmpp/element.js';
import { createParser } from '../../src/xmpp/parser.js';

function parse(xml: string): Element[] {
  const elements: Element[] = [];
  const parser = createParser({
    opened: () => undefined,
    element: (parsed) => elements.push(parsed),
    refused: (_, why) => expect.unreachable(why),
    closed: () => undefined,
    fault: (_, why) => expect.unreachable(why),
  });
  parser.write(`<stream:stream>${xml}`);
  return elements;
}

/** Names, attributes and text as plain data: neighbouring strings are one text, and an empty one is none. */
type Plain = { name: string; attributes: [string, unknown][]; children: (Plain | string)[] };

function plain(node: Element): Plain {
  const children: (Plain | string)[] = [];
  for (const child of node.children) {
    const last = children.at(-1);
    if (typeof child !== 'string') children.push(plain(child));
    else if (typeof last === 'string') children[children.length - 1] = last + child;
    else if (child !== '') children.push(child);
  }
  return { name: node.name, attributes: Object.entries(node.attrs), children };
}

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9._-]{0,8}(:[A-Za-z_][A-Za-z0-9]{0,4})?$/);
const character = fc.oneof(
  fc.constantFrom(
    '\t',
    '\n',
    '\r',
    '\r\n',
    '"',
    "'",
    '&',
    '<',
    '>',
    ']]>',
    ' ',
    '🌡',
    '°',
    '\u{10ffff}',
    '\u0085',
    '\u2028',
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot say is left out.
const ILLEGAL = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
const text = fc.array(character).map((parts) => parts.join('').replace(ILLEGAL, ''));
const attributes = fc.uniqueArray(fc.tuple(name, text), { selector: ([key]) => key });
const { node } = fc.letrec<{ node: Element }>((tie) => ({
  node: fc
    .tuple(name, attributes, fc.array(fc.oneof({ maxDepth: 4 }, text, tie('node')), { maxLength: 4 }))
    .map(([tag, pairs, children]) => element(tag, Object.fromEntries(pairs), ...children)),
}));

it('writes what is read back to the character', () => {
  fc.assert(
    fc.property(node, (written) => {
      expect(parse(serialize(written)).map(plain)).toEqual([plain(written)]);
    }),
  );
});

it('writes several so that each is read back', () => {
  fc.assert(
    fc.property(fc.array(node), (written) => {
      expect(parse(written.map(serialize).join('\n')).map(plain)).toEqual(written.map(plain));
    }),
  );
});

it('keeps tabs and line ends, in attributes and in text', () => {
  const written = element('a', { b: '\t\n\r"\'&<>🌡' }, '\t\n\r"\'&<>]]>🌡');
  expect(serialize(written)).toBe(
    '<a b="&#9;&#10;&#13;&quot;&apos;&amp;&lt;&gt;🌡">\t\n&#13;"\'&amp;&lt;&gt;]]&gt;🌡</a>',
  );
});

it('leaves out what is undefined', () => {
  expect(serialize(element('a', { b: undefined, c: 0, d: false }, undefined, element('e')))).toBe(
    '<a c="0" d="false"><e/></a>',
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { childElements, type Element, serialize } from '../../src/xmpp/element.js';
import { createParser, type ParserLimits } from '../../src/xmpp/parser.js';

const HEADER = "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='s' id='1'>";

function read(pieces: Iterable<string>, limits?: ParserLimits) {
  const elements: Element[] = [];
  const events: string[] = [];
  const roots: Element[] = [];
  const parser = createParser(
    {
      opened: (root) => roots.push(root),
      element: (element) => elements.push(element),
      refused: (head, why) => events.push(`refused ${serialize(head)}: ${why}`),
      closed: () => events.push('closed'),
      fault: (condition, why) => events.push(`${condition}: ${why}`),
    },
    limits,
  );
  for (const piece of pieces) parser.write(piece);
  return { elements, events, roots };
}

const stream = (xml: string, limits?: ParserLimits) => read([HEADER, xml], limits);

describe('a stream', () => {
  it('gives its root, its stanzas and its end', () => {
    const { roots, elements, events } = stream(
      "<iq id='1'><q xmlns='a:b'>x</q></iq>\n<presence/><message></message ></stream:stream>",
    );
    expect(roots.map((root) => root.attrs['id'])).toEqual(['1']);
    expect(elements.map(serialize)).toEqual(['<iq id="1"><q xmlns="a:b">x</q></iq>', '<presence/>', '<message/>']);
    expect(elements.map((stanza) => stanza.getNS())).toEqual(Array(3).fill('jabber:component:accept'));
    expect(events).toEqual(['closed']);
  });

  it('reads the same wherever it is cut', () => {
    const xml =
      "<message to='a&apos;b&#x1F321;'><body>21 °C 🌡 &amp;&#38;&#x00000026; &lt;</body>" +
      '<c d=">"><![CDATA[<&]]]]><![CDATA[>]]> tail</c><e /></message>  \n<presence from="x"/>';
    const whole = stream(xml).elements.map(serialize);
    expect(whole[0]).toContain('<body>21 °C 🌡 &amp;&amp;&amp; &lt;</body><c d="&gt;">&lt;&amp;]]&gt; tail</c><e/>');
    expect(read(HEADER + xml).elements.map(serialize)).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (sizes) => {
        const text = HEADER + xml;
        const pieces: string[] = [];
        for (let at = 0, turn = 0; at < text.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        expect(read(pieces).elements.map(serialize)).toEqual(whole);
      }),
    );
  });

  it('joins text that came in pieces', () => {
    const { elements } = read([HEADER, '<message><body>one', ' &am', 'p; two', '</body></message>']);
    expect(elements[0]?.getChild('body')?.children).toEqual(['one & two']);
  });

  it('keeps nothing of 100,000 keepalives', () => {
    function* keepalives() {
      yield HEADER;
      for (let count = 0; count < 100_000; count++) yield ' ';
      yield '<presence/>';
    }
    const { roots, elements } = read(keepalives());
    expect(roots[0]?.children).toEqual([]);
    expect(elements).toHaveLength(1);
    expect(elements[0]?.parent?.children).toEqual([]);
  });

  it('keeps no stanza that it has given', () => {
    const { roots } = stream('<iq/>'.repeat(1000));
    expect(roots[0]?.children).toEqual([]);
  });

  it('takes an attribute by any name, and inherits none', () => {
    const [stanza] = stream("<iq __proto__='p' constructor='c' hasOwnProperty='h'/>").elements;
    expect(Object.entries(stanza?.attrs ?? {})).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['hasOwnProperty', 'h'],
    ]);
    expect(stream('<iq/>').elements[0]?.attrs['constructor']).toBeUndefined();
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe('a fault', () => {
  it.each([
    ['<iq>&#0;</iq>', 'not-well-formed: the reference &#0; stands for nothing'],
    ['<iq>&#xD800;</iq>', 'not-well-formed: the reference &#xD800; stands for nothing'],
    ['<iq>&#x110000;</iq>', 'not-well-formed: the reference &#x110000; stands for nothing'],
    [
      '<iq>&#99999999999999999999999;</iq>',
      'not-well-formed: the reference &#99999999999999999999999; stands for nothing',
    ],
    ["<iq a='&bogus;'/>", 'not-well-formed: the reference &bogus; stands for nothing'],
    ['<iq>a & b</iq>', 'not-well-formed: the reference & stands for nothing'],
    [`<iq>&${'a'.repeat(40)}`, 'not-well-formed: an ampersand that begins no reference'],
    ['<iq>\u0001</iq>', 'not-well-formed: U+0001 is no character of XML'],
    ['<iq>\uffff</iq>', 'not-well-formed: U+FFFF is no character of XML'],
    ['<iq></message>', 'not-well-formed: </message> where <iq> is open'],
    ['</iq>', 'not-well-formed: </iq> where <stream:stream> is open'],
    ["<iq a='1' a='2'/>", 'not-well-formed: <iq/> has the attribute a twice'],
    ["<iq a='1'b='2'/>", 'not-well-formed: the attributes of <iq/> cannot be read'],
    ['<iq a=1/>', 'not-well-formed: the attributes of <iq/> cannot be read'],
    ["<iq a='<'/>", 'not-well-formed: the attributes of <iq/> cannot be read'],
    ['<iq a/>', 'not-well-formed: the attributes of <iq/> cannot be read'],
    ['<>', 'not-well-formed: a tag without a name'],
    ['<1iq/>', 'not-well-formed: a tag without a name'],
    ['<!-- x -->', 'restricted-xml: a comment or a document type declaration'],
    ['<!DOCTYPE x [<!ENTITY a "b">]>', 'restricted-xml: a comment or a document type declaration'],
    ['<?xml-stylesheet x?>', 'restricted-xml: a processing instruction'],
    ["<?xml version='1.0'?>", 'restricted-xml: a processing instruction'],
    ['hello', 'bad-format: text outside any stanza'],
  ])('ends the stream: %s', (xml, expected) => {
    expect(stream(xml).events).toEqual([expected]);
    expect(read(HEADER + xml).events).toEqual([expected]);
  });

  it('ends it before it has begun, where XMPP is not spoken at all', () => {
    expect(read(['SSH-2.0-OpenSSH_9.2\r\n']).events).toEqual(['bad-format: text outside any stanza']);
    expect(read(['<!DOCTYPE html><html>']).events).toEqual([
      'restricted-xml: a comment or a document type declaration',
    ]);
  });

  it('leaves what came before it, and is the last thing said', () => {
    const { elements, events } = read([HEADER, "<iq id='1'/>&bogus;<iq id='2'/>", "<iq id='3'/>", '&#0;']);
    expect(elements.map(serialize)).toEqual(['<iq id="1"/>']);
    expect(events).toHaveLength(1);
  });

  it('is not made of what a receiver throws', () => {
    const parser = createParser({
      opened: () => undefined,
      element: () => {
        throw new TypeError('a bug');
      },
      refused: () => undefined,
      closed: () => undefined,
      fault: () => expect.unreachable(),
    });
    expect(() => parser.write(`${HEADER}<iq/>`)).toThrow('a bug');
  });

  it('takes nothing from the stanzas before it, though it comes in one piece with them', () => {
    for (const broken of ['<iq>\u0001</iq>', '<iq a="\0"/>', '</message>', '<!-- -->']) {
      const { elements, events } = stream(`<presence/>${broken}`);
      expect(elements.map(serialize), broken).toEqual(['<presence/>']);
      expect(events, broken).toHaveLength(1);
    }
  });

  it('never is anything but a fault, whatever is written', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom('<', '>', '/', '&', ';', '"', "'", '=', '!', '?', '<iq>', '</iq>', ' a="b"'),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(pieces, (garbage) => {
        const { events } = read([HEADER, ...garbage]);
        expect(events.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the limits', () => {
  const limits = { maxStanza: 1000, maxDepth: 5 };
  const next = "<iq id='next'/>";

  it('refuse a stanza that is too large, and only that', () => {
    const { elements, events } = stream(`<iq id='big'><a>${'x'.repeat(1000)}</a><b/></iq>${next}`, limits);
    expect(events).toEqual(['refused <iq id="big"/>: The stanza has more than 1000 characters.']);
    expect(elements.map(serialize)).toEqual(['<iq id="next"/>']);
    expect(stream(`<iq><a>${'x'.repeat(900)}</a></iq>`, limits).events).toEqual([]);
  });

  it('refuse a stanza of too many elements, and only that', () => {
    const { elements, events } = stream(`<iq id='many'>${'<a/>'.repeat(300)}</iq>${next}`, limits);
    expect(events).toEqual(['refused <iq id="many"/>: The stanza has more than 1000 characters.']);
    expect(elements.map(serialize)).toEqual(['<iq id="next"/>']);
  });

  it('refuse a stanza that is nested too deep, and only that', () => {
    const nested = (depth: number) => `<iq>${'<a>'.repeat(depth - 1)}${'</a>'.repeat(depth - 1)}</iq>`;
    expect(stream(nested(5), limits).events).toEqual([]);
    const { elements, events } = stream(nested(6) + next, limits);
    expect(events).toEqual(['refused <iq/>: Elements are nested more than 5 deep.']);
    expect(elements.map(serialize)).toEqual(['<iq id="next"/>']);
    expect(stream(nested(50_000) + next).elements.map(serialize)).toEqual(['<iq id="next"/>']);
  });

  it('hold nothing of a stanza that never ends', () => {
    const heads: Element[] = [];
    const parser = createParser(
      {
        opened: () => undefined,
        element: () => undefined,
        refused: (head) => heads.push(head),
        closed: () => undefined,
        fault: () => expect.unreachable(),
      },
      limits,
    );
    parser.write(`${HEADER}<iq>`);
    for (let count = 0; count < 10_000; count++) parser.write('<a>text');
    for (let count = 0; count < 10_000; count++) parser.write('</a>');
    parser.write('</iq>');
    expect(heads.map((head) => childElements(head).length)).toEqual([0]);
  });

  it.each([`<iq a='${'x'.repeat(1001)}`, `<iq${' '.repeat(1001)}`, `</${'x'.repeat(1001)}`])(
    'end the stream over a tag that never ends',
    (xml) => {
      expect(stream(xml, limits).events).toEqual(['policy-violation: a tag of more than 1000 characters']);
      expect(read(HEADER + xml, limits).events).toEqual(['policy-violation: a tag of more than 1000 characters']);
    },
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DataForm, decodeForm, encodeForm, type Validation } from '../../src/xmpp/data-form.js';
import { serialize } from '../../src/xmpp/element.js';
import { parseXml } from '../xep/stanza-files.js';

const text = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' ', '\n', '\r', '\t', '<', '&', '"', "'", ']]>') });
const name = text.filter((given) => given !== 'FORM_TYPE' && given !== '');
const field = fc.record(
  {
    name,
    type: fc.constantFrom('boolean', 'hidden', 'jid-single', 'list-multi', 'text-private'),
    label: text,
    description: text,
    required: fc.constant<true>(true),
    validation: fc.constantFrom<Validation>(
      { datatype: 'xs:dateTime' },
      { datatype: 'xs:string', open: true },
      { datatype: 'xs:integer', range: { min: '1', max: '500' } },
      { datatype: 'xs:integer', range: { min: '0' } },
      { datatype: 'xs:integer', range: {} },
    ),
    values: fc.array(text, { maxLength: 3 }),
    options: fc.array(fc.record({ label: text, value: text }, { requiredKeys: ['value'] }), {
      minLength: 1,
      maxLength: 2,
    }),
  },
  { requiredKeys: ['name', 'values'] },
);
const form: fc.Arbitrary<DataForm> = fc.record(
  {
    type: fc.constantFrom('form', 'submit', 'cancel', 'result'),
    title: text,
    instructions: fc.array(text, { minLength: 1, maxLength: 2 }),
    formType: text,
    fields: fc.array(field, { maxLength: 4 }),
    table: fc.tuple(text, fc.array(fc.tuple(text, text), { maxLength: 3 })).map(([label, rows]) => ({
      columns: [
        { name: 'a', label },
        { name: 'b', type: 'fixed' as const },
      ],
      rows,
    })),
  },
  { requiredKeys: ['type', 'fields'] },
);

describe('a data form', () => {
  it('is written with its FORM_TYPE first, hidden', () => {
    const written = encodeForm({ type: 'result', formType: 'urn:a', fields: [{ name: 'n', values: ['1', '2'] }] });
    expect(serialize(written)).toBe(
      '<x xmlns="jabber:x:data" type="result">' +
        '<field var="FORM_TYPE" type="hidden"><value>urn:a</value></field>' +
        '<field var="n"><value>1</value><value>2</value></field></x>',
    );
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(form, (given) => {
        expect(decodeForm(parseXml(serialize(encodeForm(given))))).toEqual({ ok: true, value: given });
      }),
    );
  });

  it('is read past unknown types, and what is of other namespaces', () => {
    const read = decodeForm(
      parseXml(`<x xmlns='jabber:x:data' type='form'><title>T</title><instructions>I</instructions>
        <field type='fixed'><value>Section</value></field>
        <field var='list' type='list-single'><required/><option label='A'><value>a</value></option><value>b</value></field>
        <field var='odd' type='colour' xmlns:z='urn:z'><value>red</value></field>
        <field xmlns='urn:z' var='other'><value>x</value></field></x>`),
    );
    expect(read).toEqual({
      ok: true,
      value: {
        type: 'form',
        title: 'T',
        instructions: ['I'],
        fields: [
          { name: '', type: 'fixed', values: ['Section'] },
          {
            name: 'list',
            type: 'list-single',
            required: true,
            values: ['b'],
            options: [{ label: 'A', value: 'a' }],
          },
          { name: 'odd', values: ['red'] },
        ],
      },
    });
  });

  it.each([
    ["<x xmlns='jabber:x:data'/>", '"type" is missing'],
    ["<x xmlns='jabber:x:data' type='reply'/>", 'form, submit, cancel, result'],
    [
      "<x xmlns='jabber:x:data' type='submit'><field type='text-single'><value>a</value></field></x>",
      '"var" is missing',
    ],
  ])('%s is refused', (xml, why) => {
    expect(decodeForm(parseXml(xml))).toMatchObject({
      ok: false,
      error: { condition: 'bad-request', text: expect.stringContaining(why) },
    });
  });
});

describe('a table', () => {
  it('is read by the names of its columns, whatever order, excess or want its items have', () => {
    const read = decodeForm(
      parseXml(`<x xmlns='jabber:x:data' type='result'><reported><field var='a' label='A'/><field var='b'/></reported>
        <item><field var='b'><value>2</value></field><field var='c'><value>3</value></field></item></x>`),
    );
    expect(read).toEqual({
      ok: true,
      value: {
        type: 'result',
        fields: [],
        table: { columns: [{ name: 'a', label: 'A' }, { name: 'b' }], rows: [['', '2']] },
      },
    });
  });
});

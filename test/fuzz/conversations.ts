import fc from 'fast-check';
import type { FieldDescription } from '../../src/operations/field.js';
import { OPERATIONS } from '../../src/operations/index.js';
import { ADMIN, DOMAIN, JIDS, OWNER, RACK, STRANGER } from './cast.js';
import { edge, FIELD_VALUES } from './values.js';
import { tree, type XmlTree } from './xml-tree.js';

const THINGS = ['%public%', '%private%', '%unknown%'];

/** Commands to their end: begun, submitted with something in each field, and submitted once more for the question. */
export const conversations: fc.Arbitrary<readonly XmlTree[]> = fc
  .constantFrom(...OPERATIONS)
  .chain(({ name, fields }) =>
    fc
      .record({
        from: fc.constantFrom(OWNER, OWNER, ADMIN, RACK, STRANGER),
        to: fc.constantFrom(DOMAIN, `%public%@${DOMAIN}`),
        thing: fc.constantFrom(...THINGS),
        values: fc.record(Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, valueFor(field)]))),
        again: fc.constantFrom('complete', 'next', 'execute', 'prev', 'cancel'),
      })
      .map(({ from, to, thing, values, again }) => {
        const form = formOf({ ...(to === DOMAIN && { thing }), ...values });
        const step = (attributes: Readonly<Record<string, string>>, content: readonly XmlTree[]) =>
          tree(
            'iq',
            [
              ['type', 'set'],
              ['id', '%id%'],
              ['from', from],
              ['to', to],
            ],
            [tree('command', Object.entries({ xmlns: COMMANDS, node: `thingstead:${name}`, ...attributes }), content)],
          );
        return [
          step({ action: 'execute' }, []),
          step({ sessionid: '%session%' }, [formOf({ thing })]),
          step({ sessionid: '%session%', action: 'complete' }, [form]),
          step({ sessionid: '%session%', action: again }, [form]),
        ];
      }),
  );

const COMMANDS = 'http://jabber.org/protocol/commands';

function formOf(values: Readonly<Record<string, string>>): XmlTree {
  const fields = Object.entries(values).map(([name, value]) =>
    tree('field', [['var', name]], [tree('value', [], [value])]),
  );
  return tree(
    'x',
    [
      ['xmlns', 'jabber:x:data'],
      ['type', 'submit'],
    ],
    fields,
  );
}

/** Mostly what the field takes, now and then an edge. */
function valueFor({ type, options, initial }: FieldDescription): fc.Arbitrary<string> {
  const offered = [...(options ?? []).map(({ value }) => value), ...(initial ?? [])];
  const right = offered.length > 0 ? offered : type === 'jid-single' ? JIDS : (BY_TYPE[type] ?? FIELD_VALUES);
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...right) },
    { weight: 1, arbitrary: fc.constantFrom(...FIELD_VALUES) },
    { weight: 1, arbitrary: edge },
  );
}

const BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  boolean: ['true', 'false', '0', '1'],
  'text-multi': ['SN=1', 'KEY=k1', 'SN = 2', 'T', 'V=1.5'],
};

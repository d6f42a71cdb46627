import { beforeEach, describe, expect, it } from 'vitest';
import type { Criterion } from '../../src/domain/search.js';
import type { OwnershipId } from '../../src/domain/thing.js';
import { readCondition } from '../../src/operations/conditions.js';
import { OPERATORS } from '../../src/xep/0347-registry/operators.js';
import { num, str } from '../domain/world.js';
import { createStage, notesOf, type Stage, type Step } from '../xep/0050-commands/stage.js';

let stage: Stage;
let ids: (OwnershipId | undefined)[];
beforeEach(async () => {
  stage = createStage();
  const owner = 'cy@example.org';
  const [sn, man] = [str('SN', '39487'), str('MAN', 'www.ktc.se')];
  ids = [
    await stage.place({ jid: 'a@example.org', owner, isPublic: true, tags: [sn, man, num('LAT', '59.30')] }),
    await stage.place({ jid: 'b@example.org', nodeId: 'n', owner, isPublic: true, tags: [man, num('LAT', '61')] }),
    await stage.place({ jid: 'c@example.org', owner, tags: [sn, man] }),
    await stage.place({ jid: 'd@example.org', owner: 'owner@example.org', tags: [sn, man] }),
  ];
});

async function search(values: NonNullable<Step['values']>) {
  const { sessionid } = await stage.go('search');
  return stage.go('search', { sessionid, values });
}
const found = async (values: NonNullable<Step['values']>) =>
  (await search(values)).form?.table?.rows.map(([, , jid]) => jid?.split('@')[0]).join('') ?? '';

describe('the operation search', () => {
  it('finds public Things, in a table, with their ids', async () => {
    const end = await search({ man: 'www.ktc.se' });
    expect(notesOf(end)).toEqual([`info: 2 Things: 39487 (a@example.org), ${ids[0]}; b@example.org n, ${ids[1]}.`]);
    const names = ['thing', 'label', 'jid', 'nodeId', 'sourceId', 'cacheType', 'owner', 'tags'];
    expect(end.form?.table?.columns.map(({ name }) => name)).toEqual(names);
    expect(end.form?.table?.rows).toEqual([
      [
        ids[0],
        '39487 (a@example.org)',
        'a@example.org',
        '',
        '',
        '',
        'cy@example.org',
        'SN:39487; MAN:www.ktc.se; #LAT:59.30',
      ],
      [ids[1], 'b@example.org n', 'b@example.org', 'n', '', '', 'cy@example.org', 'MAN:www.ktc.se; #LAT:61'],
    ]);
  });

  it('takes all that is filled in together, and * for anything', async () => {
    expect(await found({ man: '*', sn: '39*' })).toBe('a');
    expect(await found({ man: 'www.*', tags: ['#LAT>60'] })).toBe('b');
    expect(await found({ man: 'www.ktc', tags: ['#LAT>60'] })).toBe('');
    expect(await found({ tags: ['SN~*948*', '#LAT=59..60', 'MAN!=x'] })).toBe('a');
  });

  it('shows page after page', async () => {
    const first = await search({ man: '*', max: '1' });
    expect(notesOf(first)).toEqual([
      `info: One Thing: 39487 (a@example.org), ${ids[0]}.`,
      'warn: There are more; search again from 1.',
    ]);
    expect(await found({ man: '*', max: '1', offset: '1' })).toBe('b');
    expect(notesOf(await search({ man: '*', offset: '2' }))).toEqual(['info: No more public Things match.']);
    expect(notesOf(await search({ man: 'x' }))).toEqual(['info: No public Thing matches.']);
  });

  it('shows of many tags the first', async () => {
    await stage.place({
      jid: 'z@example.org',
      owner: 'cy@example.org',
      isPublic: true,
      tags: ['A', 'B', 'C'].map((name) => str(name, '😀'.repeat(100))),
    });
    const cell = (await search({ tags: ['A~*'] })).form?.table?.rows[0]?.at(-1) ?? '';
    expect([...cell]).toHaveLength(203);
    expect(cell.endsWith('😀...')).toBe(true);
  });

  it.each<[NonNullable<Step['values']>, string]>([
    [{}, 'tags: Give one condition or more, here or in another field.'],
    [
      { tags: Array.from({ length: 65 }, (_, n) => `A=${n}`) },
      'tags: 65 conditions are too many; a search has at most 64.',
    ],
    [{ tags: ['KEY=hunter22'] }, 'tags: KEY cannot be searched for: it is known to the Thing and its owner alone.'],
    [{ tags: ['key~hunter*'] }, 'tags: KEY cannot be searched for: it is known to the Thing and its owner alone.'],
    [{ tags: ['KEY:hunter22'] }, 'tags: KEY cannot be searched for: it is known to the Thing and its owner alone.'],
    [{ sn: '1', max: '0' }, 'max: "0" will not do; use a whole number from 1 to 100.'],
    [{ sn: '1', max: '101' }, 'max: "101" will not do; use a whole number from 1 to 100.'],
    [{ sn: '1', max: '1e1' }, 'max: "1e1" will not do; use a whole number from 1 to 100.'],
    [{ sn: '1', offset: '-1' }, 'offset: "-1" will not do; use a whole number of at least 0.'],
    [{ sn: 'x'.repeat(129) }, `sn: The value "${'x'.repeat(64)}..." of SN is longer than 128 characters.`],
  ])('refuses %j by its field', async (values, fault) => {
    const back = await search(values);
    expect([back.status, notesOf(back)[0]]).toEqual(['executing', `error: ${fault}`]);
    expect(JSON.stringify(back)).not.toContain('hunter22');
  });
});

const at = <V>(value: V, included = true) => ({ value, included });
const CONDITIONS: readonly (readonly [string, Criterion])[] = [
  ['man=www.ktc.se', { name: 'MAN', kind: 'str', operator: 'Eq', value: 'www.ktc.se' }],
  ['MAN = a=b ', { name: 'MAN', kind: 'str', operator: 'Eq', value: 'a=b' }],
  ['MAN!=x', { name: 'MAN', kind: 'str', operator: 'NEq', value: 'x' }],
  ['MAN>x', { name: 'MAN', kind: 'str', operator: 'Gt', value: 'x' }],
  ['MAN>=x', { name: 'MAN', kind: 'str', operator: 'GtEq', value: 'x' }],
  ['MAN<x', { name: 'MAN', kind: 'str', operator: 'Lt', value: 'x' }],
  ['MAN<=x', { name: 'MAN', kind: 'str', operator: 'LtEq', value: 'x' }],
  ['MAN=a..b', { name: 'MAN', kind: 'str', operator: 'Range', min: at('a'), max: at('b') }],
  ['MAN!=a<..<b', { name: 'MAN', kind: 'str', operator: 'NRange', min: at('a', false), max: at('b', false) }],
  ['MAN=a*b', { name: 'MAN', kind: 'str', operator: 'Eq', value: 'a*b' }],
  ['MAN~a**b*', { name: 'MAN', kind: 'str', operator: 'Mask', parts: ['a', 'b', ''] }],
  ['MAN~a..b', { name: 'MAN', kind: 'str', operator: 'Mask', parts: ['a..b'] }],
  ['MAN=', { name: 'MAN', kind: 'str', operator: 'Eq', value: '' }],
  ['#LAT=59.30', { name: 'LAT', kind: 'num', operator: 'Eq', value: 59.3 }],
  ['#lat != -1e1', { name: 'LAT', kind: 'num', operator: 'NEq', value: -10 }],
  ['#LAT>1', { name: 'LAT', kind: 'num', operator: 'Gt', value: 1 }],
  ['#LAT>=1', { name: 'LAT', kind: 'num', operator: 'GtEq', value: 1 }],
  ['#LAT<1', { name: 'LAT', kind: 'num', operator: 'Lt', value: 1 }],
  ['#LAT<=1', { name: 'LAT', kind: 'num', operator: 'LtEq', value: 1 }],
  ['#LAT=59..60', { name: 'LAT', kind: 'num', operator: 'Range', min: at(59), max: at(60) }],
  ['#LAT!= 59<.. 60', { name: 'LAT', kind: 'num', operator: 'NRange', min: at(59, false), max: at(60) }],
  ['#LAT=.5..<.7', { name: 'LAT', kind: 'num', operator: 'Range', min: at(0.5), max: at(0.7, false) }],
];

describe('a condition', () => {
  it.each(CONDITIONS)('%s is read', (line, value) => expect(readCondition(line)).toEqual({ ok: true, value }));

  it('can be any that a request of XEP-0347 can hold', () => {
    const written = new Set(CONDITIONS.map(([, { kind, operator }]) => `${kind}${operator}`));
    expect(written).toEqual(new Set(Object.keys(OPERATORS)));
  });

  it.each([
    ['MAN', '"MAN" is no condition.'],
    ['MAN:x', '"MAN:x" is no condition.'],
    ['=x', 'A tag needs a name; it is empty.'],
    ['a b=x', 'The name "a b" holds'],
    ['#LAT=north', '"north" is no number; #LAT is compared with numbers.'],
    ['#LAT=1..', '"" is no number'],
    ['#LAT=INF', '"INF" is no number'],
    ['#LAT=1..2..3', '"2..3" is no number'],
    ['#LAT~1*', '#LAT: a number is not compared by "~"'],
    [`MAN~${'x'.repeat(129)}`, 'is longer than 128 characters.'],
  ])('%s is refused', (line, words) => {
    const read = readCondition(line);
    expect(read.ok ? read.value : read.fault).toContain(words);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../src/domain/ports.js';
import type { OwnershipId } from '../../../src/domain/thing.js';
import type { Element } from '../../../src/xmpp/element.js';
import { decodeError } from '../../../src/xmpp/stanza-error.js';
import { createPlant, fields, iq, message, node, type Plant, req, SENSOR_DATA, T, texts } from './plant.js';

let plant: Plant;
let id: OwnershipId;
beforeEach(async () => {
  plant = createPlant();
  id = await plant.place({ jid: 'device@example.org', owner: 'owner@example.org' });
});

const ID = " id='m1'";
const RECEIPT = "<request xmlns='urn:xmpp:receipts'/>";
const BAD = "<int name='T' value='one'/>";
const receipt = (from = 'things.example.org') =>
  `<message type="headline" from="${from}" to="device@example.org/d"><received xmlns="urn:xmpp:receipts" id="m1"/></message>`;
const values = async (of = id) =>
  (await plant.store.readings.history({ ownership: of }, 100)).readings.map(({ value }) => value);
const errorOf = ([stanza, ...others]: readonly Element[]) => {
  expect(others).toEqual([]);
  expect(stanza?.attrs['type']).toBe('error');
  const { condition, type, text } = decodeError(stanza ?? expect.fail('no answer'));
  return { condition, type, text };
};

describe('a push', () => {
  it('is stored, and answered by nothing unless a receipt is asked for', async () => {
    expect(await plant.comes(message(fields(1, node('', T))))).toEqual([]);
    expect(await values()).toEqual(['1']);
    const said = await plant.comes(
      message(`${RECEIPT}${fields(1, node('', T.replace("'1'", "'2'")))}`, { attributes: ID }),
    );
    expect(texts(said)).toEqual([receipt()]);
    expect(await values()).toEqual(['2']);
  });

  it('is answered from the address written to, resource included', async () => {
    const to = `${id}@things.example.org/x`;
    // The Thing itself is no reader of its own; the owner makes it one.
    const shared = await plant.store.things.byOwnership(id);
    if (shared?.ownership === undefined) return expect.fail('no Thing');
    const thing = { ...shared, ownership: { ...shared.ownership, isPublic: true } };
    await plant.store.things.changeAt(thing.address, () => ({
      outcome: 0,
      writes: [{ write: 'thing', thing, at: 1 }],
    }));
    const said = await plant.comes(message(`${fields(1, node('', T))}${RECEIPT}`, { to, attributes: ID }));
    expect(texts(said)).toEqual([receipt(to)]);
  });

  it('gets its receipt after the commit', async () => {
    const order: string[] = [];
    const { add } = plant.store.readings;
    plant.store.readings.add = async (items) => {
      const result = await add(items);
      order.push(`stored, ${plant.sent.length} sent`);
      return result;
    };
    await plant.comes(message(`${RECEIPT}${fields(1, node('', T))}`, { attributes: ID }));
    expect(order).toEqual(['stored, 0 sent']);
  });

  it('of which items are refused is noted for the owner, with why; one that is fine is not', async () => {
    await plant.comes(message(fields(1, node('', T))));
    expect(plant.refused.filter(([, reasons]) => reasons.length > 0)).toEqual([]);
    await plant.comes(message(fields(1, node('', `${T}${BAD}`))));
    await plant.comes(message(fields('x', node('', T))));
    const noted = plant.refused.filter(([, reasons]) => reasons.length > 0);
    expect(noted.map(([jids]) => jids)).toEqual([['device@example.org'], ['device@example.org']]);
    expect(noted[0]?.[1]).toEqual([expect.stringContaining('one')]);
  });

  it('that was stored before gets a receipt too', async () => {
    const stanza = message(`${RECEIPT}${fields(1, node('', T))}`, { attributes: ID });
    await plant.comes(stanza);
    expect(texts(await plant.comes(stanza))).toEqual([receipt()]);
    expect(await values()).toEqual(['1']);
  });

  it('without anything in it was dealt with', async () => {
    expect(texts(await plant.comes(message(`${RECEIPT}${fields(1, '')}`, { attributes: ID })))).toEqual([receipt()]);
  });

  it('that asks for a receipt without an id cannot get one', async () => {
    expect(await plant.comes(message(`${RECEIPT}${fields(1, node('', T))}`))).toEqual([]);
  });

  it('beside a receipt asks for none', async () => {
    const loop = `${RECEIPT}<received xmlns='urn:xmpp:receipts' id='x'/>${fields(1, node('', T))}`;
    expect(await plant.comes(message(loop, { attributes: ID }))).toEqual([]);
  });

  it('that is refused in part: what is good is kept, then received, then one failure', async () => {
    const content = node('n', `${T}${BAD}`) + node('n', T, 'yesterday') + node('n', T, '2026-12-21T00:00:00Z');
    const said = await plant.comes(message(`${RECEIPT}${fields('007', content)}`, { attributes: ID }));
    const [received, failure, ...others] = texts(said);
    expect(others).toEqual([]);
    expect(received).toBe(receipt());
    expect(failure).toContain('<message type="headline" from="things.example.org" to="device@example.org/d"><failure');
    expect(failure).toContain('seqnr="007"');
    const errors = said[1]?.getChild('failure')?.getChildren('error') ?? [];
    expect(errors.map(({ attrs }) => attrs)).toEqual([
      { nodeId: 'n', timestamp: '2026-11-21T03:00:00Z' },
      { nodeId: 'n', timestamp: 'yesterday' },
      { nodeId: 'n', timestamp: '2026-12-21T00:00:00.000Z' },
    ]);
    expect(errors.map((error) => error.getText())).toEqual([
      expect.stringContaining('"one"'),
      expect.stringContaining('"yesterday"'),
      expect.stringContaining('day in the future'),
    ]);
    expect(await values()).toEqual(['1']);
  });

  it('names the first twenty refused items and counts the rest', async () => {
    const said = await plant.comes(message(fields(1, node('n', `${T}${BAD.repeat(50)}`))));
    const errors = said[0]?.getChild('failure')?.getChildren('error') ?? [];
    expect(errors).toHaveLength(21);
    expect(errors.at(-1)?.getText()).toContain('30');
  });

  it('of which nothing can ever be stored is an error, without receipt', async () => {
    const said = await plant.comes(message(`${RECEIPT}${fields(1, node('n', BAD))}`, { attributes: ID }));
    expect(errorOf(said)).toMatchObject({
      condition: 'bad-request',
      type: 'modify',
      text: expect.stringContaining('"one"'),
    });
  });

  it('that is too large is an error', async () => {
    const said = await plant.comes(message(fields(1, node('n', '<int/>'.repeat(10_000)))));
    expect(errorOf(said)).toMatchObject({
      condition: 'policy-violation',
      type: 'modify',
      text: expect.stringContaining('Split'),
    });
  });

  it('without a number is an error', async () => {
    expect(errorOf(await plant.comes(message(fields('', node('n', T)))))).toMatchObject({ condition: 'bad-request' });
  });

  it('of two <fields/> is an error, and nothing is stored', async () => {
    const said = await plant.comes(
      message(`${RECEIPT}${fields(1, node('n', T))}${fields(2, node('n', T))}`, { attributes: ID }),
    );
    expect(errorOf(said)).toMatchObject({ condition: 'bad-request', type: 'modify' });
    expect(await values()).toEqual([]);
  });

  it('that cannot be stored now is told to wait', async () => {
    plant.store.readings.add = async () => Promise.reject(new StoreUnavailable('disk full'));
    const said = await plant.comes(message(`${RECEIPT}${fields(1, node('n', T))}`, { attributes: ID }));
    expect(errorOf(said)).toMatchObject({ condition: 'resource-constraint', type: 'wait' });
  });

  it('of type error is answered by nothing', async () => {
    expect(await plant.comes(message(fields(1, node('n', BAD)), { attributes: " type='error'" }))).toEqual([]);
  });

  it.each([
    ['that is no Thing', 'nobody@example.org/x', { condition: 'registration-required', type: 'auth' }],
    ['whom nobody has claimed', 'free@example.org/x', { condition: 'forbidden', type: 'auth' }],
    ['that is the owner', 'owner@example.org/phone', { condition: 'registration-required', type: 'auth' }],
  ])('from one %s is refused, and nothing is stored', async (_who, from, wanted) => {
    await plant.place({ jid: 'free@example.org' });
    const said = await plant.comes(message(`${RECEIPT}${fields(1, node('', T))}`, { from, attributes: ID }));
    expect(errorOf(said)).toMatchObject(wanted);
    expect(await values()).toEqual([]);
  });

  it('replaces in the order of arrival, though many come at once', async () => {
    const pushes = Array.from({ length: 30 }, (_, n) => message(fields(n, node('', T.replace("'1'", `'${n}'`)))));
    await plant.comes(...pushes);
    expect(await values()).toEqual(['29']);
  });

  it('gives way to more trust only', async () => {
    const flagged = (value: string, ...flags: string[]) =>
      message(
        fields(1, node('', `<int name='T' value='${value}' ${flags.map((flag) => `${flag}='true'`).join(' ')}/>`)),
      );
    await plant.comes(flagged('1', 'signed'));
    await plant.comes(flagged('2', 'automaticReadout'));
    expect(await values()).toEqual(['1']);
    await plant.comes(flagged('3', 'invoiced'));
    expect(await values()).toEqual(['3']);
    // Of two that are as strong, the one with `signed` beside it.
    await plant.comes(flagged('4', 'invoiced', 'signed'));
    await plant.comes(flagged('5', 'invoiced'));
    expect(await values()).toEqual(['4']);
    await plant.comes(flagged('6', 'invoiceConfirmed'));
    expect(await values()).toEqual(['6']);
  });

  it('makes the session the one that speaks for the Thing', async () => {
    await plant.comes(message(fields(1, node('', T)), { from: 'device@example.org/other' }));
    expect((await plant.store.things.byOwnership(id))?.spokeFrom).toBe('device@example.org/other');
    expect(await plant.store.sessions.of('device@example.org' as never)).toContain('device@example.org/other');
  });

  it('goes to the Things of its nodes', async () => {
    const a = await plant.place({ jid: 'rack@example.org', nodeId: 'a', owner: 'owner@example.org' });
    const b = await plant.place({ jid: 'rack@example.org', nodeId: 'b', owner: 'other@example.org' });
    const content = node('a', T) + node('b', T.replace("'1'", "'2'")) + node('c', T);
    const said = await plant.comes(message(fields(1, content), { from: 'rack@example.org/d' }));
    expect([await values(a), await values(b)]).toEqual([['1'], ['2']]);
    expect(
      said[0]
        ?.getChild('failure')
        ?.getChildren('error')
        .map(({ attrs }) => attrs['nodeId']),
    ).toEqual(['c']);
  });
});

describe('what answers a question of ours', () => {
  const ask = async () => {
    const [, question] = await plant.comes(iq(req(undefined, `<node nodeId='${id}'/>`)));
    return plant.accept(question);
  };

  it('gets a receipt where it asks for one, and no failures: those are for the asker', async () => {
    const seqnr = await ask();
    const said = await plant.comes(
      message(`${RECEIPT}${fields(seqnr, node('', T + BAD), "done='true'")}`, { attributes: ID }),
    );
    const toDevice = said.filter(({ attrs }) => attrs['to'] === 'device@example.org/d');
    expect(texts(toDevice)).toEqual([receipt()]);
    expect(said.flatMap((stanza) => stanza.getChild('failure') ?? [])).toHaveLength(1);
  });

  it('and of which nothing can be stored is an error where a receipt is asked for, and a failure to the asker', async () => {
    const seqnr = await ask();
    const bad = fields(seqnr, node('', BAD));
    expect(errorOf(await plant.comes(message(`${RECEIPT}${bad}`, { attributes: ID })))).toMatchObject({
      condition: 'bad-request',
      type: 'modify',
    });
    expect(await plant.comes(message(bad))).toEqual([]);
    const said = await plant.comes(message(`<done xmlns='${SENSOR_DATA}' seqnr='${seqnr}'/>`));
    expect(said[0]?.getChild('failure')?.getChildText('error')).toContain('"one"');
  });

  it('and cannot be read is an error to the device and a failure to the asker', async () => {
    const seqnr = await ask();
    const said = await plant.comes(
      message(fields(seqnr, node('', '<int/>'.repeat(10_000)))),
      message(`<done xmlns='${SENSOR_DATA}' seqnr='${seqnr}'/>`),
    );
    expect(said.map(({ attrs }) => [attrs['to'], attrs['type']])).toEqual([
      ['device@example.org/d', 'error'],
      ['owner@example.org/phone', 'headline'],
      ['owner@example.org/phone', 'headline'],
    ]);
    expect(said[1]?.getChild('failure')?.getChildText('error')).toContain('Split');
  });

  it('may be data, failure and done, dealt with in their order', async () => {
    const seqnr = await ask();
    const said = await plant.comes(
      message(`<started xmlns='${SENSOR_DATA}' seqnr='${seqnr}'/>`),
      message(fields(seqnr, node('', T))),
      message(
        `<failure xmlns='${SENSOR_DATA}' seqnr='${seqnr}'><error nodeId='x' timestamp=''>Broken.</error></failure>`,
      ),
      message(`<done xmlns='${SENSOR_DATA}' seqnr='${seqnr}'/>`),
    );
    expect(said.map((stanza) => stanza.getChildElements()[0]?.getName())).toEqual(['fields', 'failure', 'fields']);
  });

  it('in the times of another zone is told to the owner', async () => {
    const seqnr = await ask();
    const said = await plant.comes(message(fields(seqnr, node('', T, '2026-11-21T04:20:00Z'), "done='true'")));
    expect(said.map(({ attrs }) => attrs['type'])).toEqual(['headline', 'headline']);
    expect(plant.mistaken).toEqual([[id, 60]]);
    expect(plant.logged).toEqual([{ thing: id, minutes: 60 }]);
  });

  it.each(['failure', 'done', 'started'])('but is a %s of no question is dropped', async (name) => {
    expect(await plant.comes(message(`<${name} xmlns='${SENSOR_DATA}' seqnr='5'/>`))).toEqual([]);
    expect(await plant.comes(message(`<${name} xmlns='${SENSOR_DATA}' seqnr='x'/>`))).toEqual([]);
    expect(plant.faults).toEqual([]);
  });
});

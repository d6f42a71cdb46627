import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipId } from '../../../src/domain/thing.js';
import { withPoint, withTAndColon } from '../../../src/xep/0323-sensor-data/dialects.js';
import { decodeError } from '../../../src/xmpp/stanza-error.js';
import { createPlant, fields, iq, message, node, type Plant, req, SENSOR_DATA, T } from './plant.js';

let plant: Plant;
let id: OwnershipId;
beforeEach(async () => {
  plant = createPlant();
  id = await plant.place({ jid: 'device@example.org', owner: 'owner@example.org' });
});

const stored = async () =>
  (await plant.store.readings.history({ ownership: id }, 100)).readings.map(({ value }) => value);

/** A question to the device, on its way. */
async function asked() {
  const [, question] = await plant.comes(iq(req(undefined, `<node nodeId='${id}'/>`)));
  const seqnr = question?.getChild('req')?.attrs['seqnr'];
  return {
    seqnr: String(seqnr),
    reply: (payload: string, from = 'device@example.org/d', type = 'result') =>
      plant.comes(
        `<iq type='${type}' id='${question?.attrs['id']}' from='${from}' to='things.example.org'>${payload}</iq>`,
      ),
  };
}
const names = (said: Awaited<ReturnType<Plant['comes']>>) =>
  said.map((stanza) => `${stanza.attrs['to']} ${stanza.getChildElements()[0]?.getName()}`);

describe('the type of a message', () => {
  it.each(['normal', 'chat', 'headline', 'groupchat', 'of-tomorrow'])(
    'brings readings as none does: %s',
    async (type) => {
      expect(await plant.comes(message(fields(1, node('', T)), { attributes: ` type='${type}'` }))).toEqual([]);
      expect(await stored()).toEqual(['1']);
    },
  );

  it('error brings none', async () => {
    await plant.comes(message(fields(1, node('', T)), { attributes: " type='error'" }));
    expect(await stored()).toEqual([]);
  });
});

describe('the result of the IQ that asked', () => {
  it('may have the readings in it, and that they are all', async () => {
    const { seqnr, reply } = await asked();
    const said = await reply(fields(seqnr, node('', T), "done='true'"));
    expect(names(said)).toEqual(['owner@example.org/phone fields', 'owner@example.org/phone fields']);
    expect(said.at(-1)?.getChild('fields')?.attrs).toMatchObject({ seqnr: '1', done: 'true' });
    expect(await stored()).toEqual(['1']);
  });

  it('may have some of the readings in it, of which messages bring the rest in order', async () => {
    const { seqnr, reply } = await asked();
    const [first, rest] = [reply(fields(seqnr, node('', T))), message(fields(seqnr, node('', ''), "done='true'"))];
    const said = [...(await first), ...(await plant.comes(rest))];
    expect(names(said)).toEqual(['owner@example.org/phone fields', 'owner@example.org/phone fields']);
  });

  it('may have a failure in it', async () => {
    const { seqnr, reply } = await asked();
    const broken = "<error nodeId='' timestamp=''>Broken.</error>";
    const said = await reply(`<failure xmlns='${SENSOR_DATA}' seqnr='${seqnr}' done='true'>${broken}</failure>`);
    expect(said[0]?.getChild('failure')?.getChildText('error')).toContain('Broken.');
    expect(said.at(-1)?.getChild('fields')?.attrs['done']).toBe('true');
  });

  it('brings nothing from another account, and is never answered', async () => {
    const { seqnr, reply } = await asked();
    expect(await reply(fields(seqnr, node('', T), "done='true'"), 'mallory@example.org/d')).toEqual([]);
    expect(await reply(fields('x', node('', T)))).toEqual([]);
    expect(await stored()).toEqual([]);
    await plant.broker.stop();
  });

  it('brings nothing where it is an error', async () => {
    const { seqnr, reply } = await asked();
    await reply(
      `${fields(seqnr, node('', T))}<error type='cancel'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`,
      'device@example.org/d',
      'error',
    );
    expect(await stored()).toEqual([]);
  });
});

describe('the namespace of version 0.1', () => {
  it('is refused by name in an IQ', async () => {
    const [answer] = await plant.comes(iq("<req xmlns='urn:xmpp:sn' seqnr='1' momentary='true'/>"));
    expect(answer && decodeError(answer)).toMatchObject({
      condition: 'service-unavailable',
      text: expect.stringContaining('urn:xmpp:sn'),
    });
  });

  it('is passed over in a message', async () => {
    expect(await plant.comes(message(fields(1, node('', T)).replace(SENSOR_DATA, 'urn:xmpp:sn')))).toEqual([]);
    expect(await stored()).toEqual([]);
  });
});

describe('a request that is no IQ', () => {
  it('is passed over: an answer needs the id of an IQ', async () => {
    expect(await plant.comes(message(req(), { from: 'owner@example.org/phone' }))).toEqual([]);
  });
});

describe('a comma', () => {
  it.each([
    ['23,4', '23.4'],
    ['-0,250', '-0.250'],
    ['+1234,567', '+1234.567'],
    ['1,5e3', '1.5e3'],
    [' 7,25\n', ' 7.25\n'],
    ['1,2345', '1.2345'],
  ])('is a point in %j', (text, point) => expect(withPoint(text)).toBe(point));

  it.each(['1,234', '12,000', '-999,999', '1,234,567', '1.234,5', '1,234.5', ',', '12,', '1, 2', 'a,b', ''])(
    'stays in %j',
    (text) => expect(withPoint(text)).toBe(text),
  );

  it('in a long text costs no time', () => {
    const before = performance.now();
    withPoint(' '.repeat(100_000));
    withPoint(`${'1'.repeat(100_000)},`);
    expect(performance.now() - before).toBeLessThan(200);
  });
});

describe('a time', () => {
  it.each([
    ['2013-03-07 16:24:30', '2013-03-07T16:24:30'],
    ['2013-03-07 16:24:30.123Z', '2013-03-07T16:24:30.123Z'],
    ['2013-03-07T16:24:30+0530', '2013-03-07T16:24:30+05:30'],
    ['2013-03-07 16:24:30-05:30', '2013-03-07T16:24:30-05:30'],
  ])('%s is %s', (text, current) => expect(withTAndColon(text)).toBe(current));

  it.each([
    '2013-03-07',
    '2013-03-07T16:24',
    '07.03.2013 16:24:30',
    '2013-03-07  16:24:30',
    '2013-03-07T16:24:30 +0100',
  ])('%s stays as it is', (text) => expect(withTAndColon(text)).toBe(text));
});

import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipId } from '../../src/domain/thing.js';
import type { Element } from '../../src/xmpp/element.js';
import { createPlant, fields, iq, message, node, type Plant, req, SENSOR_DATA } from '../xep/0323-sensor-data/plant.js';

/** Requirements of XEP-0323 that are shown by whole stanzas; the tables are in conformance/xep-0323.ts. */

const OWNER = 'owner@example.org/phone';
const HISTORY = "seqnr='9' historical='true'";

let plant: Plant;
let id: OwnershipId;
beforeEach(async () => {
  plant = createPlant();
  id = await plant.place({ jid: 'device@example.org', owner: 'owner@example.org' });
});

const own = () => `${id}@things.example.org`;
/** The fields in messages to readers, as `name=value`. */
const given = (said: readonly Element[]) =>
  said
    .flatMap((stanza) => stanza.getChild('fields', SENSOR_DATA)?.getChildren('node') ?? [])
    .flatMap((each) => each.getChildren('timestamp'))
    .flatMap((timestamp) => timestamp.getChildElements())
    .map(({ attrs }) => `${attrs['name']}=${attrs['value']}`);

/** Asks by XEP-0323, lets the device answer, and gives what the reader got. */
async function read(request: string, content: string, from = OWNER): Promise<string[]> {
  const [, question] = await plant.comes(iq(request, { to: own(), from }));
  const seqnr = await plant.accept(question);
  return given(await plant.comes(message(fields(seqnr, node('', content), "done='true'"))));
}

const push = (content: string) => plant.comes(message(fields(1, node('', content))));
const stored = async () => given(await plant.comes(iq(req(HISTORY), { to: own() })));

describe('the same seqnr', () => {
  it('of two clients is two read-outs, each answered under it', async () => {
    const laptop = 'owner@example.org/laptop';
    const types = { [OWNER]: 'momentary', [laptop]: 'status' };
    const numbers: string[] = [];
    for (const [from, type] of Object.entries(types)) {
      const said = await plant.comes(iq(req(`seqnr='7' ${type}='true'`), { to: own(), from }));
      const [accepted, question] = said;
      expect(accepted?.getChild('accepted')?.attrs['seqnr']).toBe('7');
      numbers.push(await plant.accept(question));
    }
    const answer = (at: number, type: string) =>
      message(fields(numbers[at] ?? '', node('', `<int name='${type}' value='${at}' ${type}='true'/>`), "done='true'"));
    const said = await plant.comes(answer(1, 'status'), answer(0, 'momentary'));
    const of = (to: string) => said.filter(({ attrs }) => attrs['to'] === to);
    expect([given(of(OWNER)), given(of(laptop))]).toEqual([['momentary=0'], ['status=1']]);
    for (const stanza of said) expect(stanza.getChild('fields')?.attrs['seqnr']).toBe('7');
  });
});

describe('field elements', () => {
  const content = "<int name='A' value='1' momentary='true'/><int name='B' value='2' momentary='true'/>";

  it('name what is given, and without them all is', async () => {
    const named = "<field name='B'/><field name='C'/>";
    expect(await read(req("seqnr='1' momentary='true'", named), content)).toEqual(['B=2']);
    expect(await read(req("seqnr='2' momentary='true'"), content)).toEqual(['A=1', 'B=2']);
  });
});

describe('decimals', () => {
  it('are passed on, stored and served as they were written', async () => {
    const values = ['10', '10.0', '10.00', '-0.50', '1e3'];
    const content = values
      .map((value, at) => `<numeric name='N${at}' value='${value}' unit='°C' momentary='true'/>`)
      .join('');
    const wanted = values.map((value, at) => `N${at}=${value}`);
    expect(await read(req(), content)).toEqual(wanted);
    expect((await stored()).sort()).toEqual(wanted);
  });
});

describe('several field types', () => {
  it('in a request mean all fields of at least one of them', async () => {
    const content =
      "<int name='m' value='1' momentary='true'/><int name='s' value='2' status='true'/>" +
      "<int name='both' value='3' momentary='true' status='true'/><int name='i' value='4' identity='true'/>";
    expect(await read(req("seqnr='1' momentary='true' status='true'"), content)).toEqual(['m=1', 's=2', 'both=3']);
  });
});

const flagged = (value: number, ...flags: readonly string[]) =>
  `<int name='T' value='${value}' ${flags.map((flag) => `${flag}='true'`).join(' ')}/>`;

describe('a field without a quality', () => {
  it('counts as automaticReadout', async () => {
    await push(flagged(1));
    await push(flagged(2, 'manualReadout'));
    expect(await stored()).toEqual(['T=1']);
    await push(flagged(3, 'automaticReadout'));
    expect(await stored()).toEqual(['T=3']);
  });
});

describe('the order of trust', () => {
  const ORDER = [
    ...['missing', 'inProgress', 'automaticEstimate', 'manualEstimate', 'manualReadout', 'automaticReadout'],
    ...['signed', 'invoiced', 'invoiceConfirmed'],
  ];

  it('is that of the table: what is less trusted never replaces', async () => {
    for (const [at, flag] of ORDER.entries()) {
      await push(flagged(at, flag));
      expect(await stored()).toEqual([`T=${at}`]);
      for (const weaker of ORDER.slice(0, at)) await push(flagged(99, weaker));
      expect(await stored()).toEqual([`T=${at}`]);
    }
  });
});

describe('flags that say nothing of trust', () => {
  it.each(['timeOffset', 'warning', 'error', 'endOfSeries', 'powerFailure'])(
    'do not keep a value from being replaced: %s',
    async (flag) => {
      await push(flagged(1, 'automaticReadout', flag));
      await push(flagged(2, 'automaticReadout'));
      expect(await stored()).toEqual(['T=2']);
      await push(flagged(3, 'manualReadout', flag));
      expect(await stored()).toEqual(['T=2']);
    },
  );
});

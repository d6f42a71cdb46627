import { beforeEach, describe, expect, it } from 'vitest';
import { registryProtocol } from '../../src/xep/0347-registry/index.js';
import { childElements, serialize } from '../../src/xmpp/element.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { createWorld, type World } from '../domain/world.js';
import { createBench, get } from '../xep/bench.js';

/** Requirements of XEP-0347 that are shown by whole stanzas; the tables are in conformance/xep-0347.ts. */

let world: World;
let ask: (payload: string, from: string) => Promise<string>;
beforeEach(() => {
  world = createWorld();
  const bench = createBench();
  const table = [registryProtocol({ registry: world.registry, notifier: world.notifier, reach: world.reach })];
  ask = async (payload, from) => {
    const xml = payload.replace(/^<(\w+)/, "<$1 xmlns='urn:xmpp:iot:discovery'");
    const answer = await bench.ask(table, get(xml, { from, type: 'set' }));
    if (answer.attrs['type'] === 'error') return decodeError(answer).condition;
    return childElements(answer).map(serialize).join('') || 'empty';
  };
});

const TAGS = "<str name='SN' value='394872348732948723'/><str name='KEY' value='4857402340298342'/>";
const OWNER = 'owner@example.org/phone';
const RACK = 'rack@example.org/plc';

describe('registrations', () => {
  it('of two resources of one account are one record', async () => {
    await ask("<register><str name='SN' value='1'/><str name='KEY' value='a'/></register>", 'thing@example.org/a');
    await ask("<register><str name='SN' value='2'/><str name='KEY' value='b'/></register>", 'Thing@example.org/b');
    expect(await ask("<mine><str name='SN' value='1'/><str name='KEY' value='a'/></mine>", OWNER)).toBe(
      'item-not-found',
    );
    expect(await ask("<mine><str name='SN' value='2'/><str name='KEY' value='b'/></mine>", OWNER)).toContain(
      'jid="thing@example.org"',
    );
  });
});

describe('Things behind one JID', () => {
  const NODES = [
    "nodeId='1'",
    "nodeId='2'",
    "nodeId='1' sourceId='s'",
    "nodeId='1' cacheType='c'",
    "nodeId='1' sourceId='s' cacheType='c'",
    '',
  ];
  const name = (at: number) => `<str name='NAME' value='Thing ${at}'/>`;

  it('differ by each of nodeId, sourceId and cacheType', async () => {
    const found = async (...names: readonly number[]) => {
      const counts: number[] = [];
      for (const at of names) {
        const answer = await ask(`<search><strEq name='NAME' value='Thing ${at}'/></search>`, OWNER);
        counts.push(answer.split('<thing ').length - 1);
      }
      return counts;
    };
    for (const [at, node] of NODES.entries()) {
      expect(await ask(`<register ${node}>${name(at)}${TAGS}</register>`, RACK)).toBe('empty');
    }
    for (const at of NODES.keys()) {
      const claimed = await ask(`<mine>${name(at)}${TAGS}</mine>`, OWNER);
      const written = (NODES[at] ?? '').replaceAll("'", '"');
      expect(claimed).toContain(`jid="rack@example.org"${written === '' ? '' : ` ${written}`} public`);
    }
    expect(await found(...NODES.keys())).toEqual(NODES.map(() => 1));
    // Each request below is for one of them, and leaves the others alone.
    expect(await ask(`<update ${NODES[0]}><str name='NAME' value='Thing 10'/></update>`, RACK)).toBe('empty');
    const byOwner = `<update jid='rack@example.org' ${NODES[1]}><str name='NAME' value='Thing 11'/></update>`;
    expect(await ask(byOwner, OWNER)).toBe('empty');
    expect(await ask(`<remove jid='rack@example.org' ${NODES[2]}/>`, OWNER)).toBe('empty');
    expect(await ask(`<disown jid='rack@example.org' ${NODES[3]}/>`, OWNER)).toBe('empty');
    expect(await ask(`<unregister ${NODES[4]}/>`, RACK)).toBe('empty');
    expect(await found(0, 1, 2, 3, 4, 5, 10, 11)).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
  });
});

describe('a Thing that was claimed as private', () => {
  it('is found by no search', async () => {
    await ask(`<register>${TAGS}</register>`, 'thing@example.org/imc');
    expect(await ask(`<mine public='false'>${TAGS}</mine>`, OWNER)).toContain('public="false"');
    const search = "<search><strMask name='SN' value='*' wildcard='*'/></search>";
    for (const from of ['other@example.org/x', OWNER]) expect(await ask(search, from)).not.toContain('<thing');
  });
});

describe('the predefined tags', () => {
  const STRINGS = 'APT AREA BLD CITY CLASS COUNTRY MAN MLOC MNR MODEL NAME PURL REGION ROOM SN STREET STREETNR'.split(
    ' ',
  );
  const NUMBERS = ['ALT', 'LAT', 'LON', 'V'];

  it('can all be registered, found and shown, each of its kind', async () => {
    const strings = STRINGS.map((name) => `<str name='${name}' value='of ${name}'/>`);
    const numbers = NUMBERS.map((name, at) => `<num name='${name}' value='${at}.50'/>`);
    const tags = [...strings, ...numbers];
    const key = "<str name='KEY' value='4857402340298342'/>";
    expect(await ask(`<register selfOwned='true'>${tags.join('')}${key}</register>`, RACK)).toBe('empty');
    const shown = tags.map((tag) => tag.replaceAll("'", '"')).join('');
    for (const operator of [
      ...STRINGS.map((name) => `<strEq name='${name}' value='of ${name}'/>`),
      ...NUMBERS.map((name, at) => `<numEq name='${name}' value='${at}.5'/>`),
    ]) {
      expect(await ask(`<search>${operator}</search>`, OWNER)).toContain(`>${shown}</thing>`);
    }
  });
});

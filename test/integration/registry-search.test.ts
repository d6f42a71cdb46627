import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Element } from '../../src/xmpp/element.js';
import { type Client, connectClient } from './harness/client.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { type Server, startServer } from './harness/server.js';

const NS = `xmlns='urn:xmpp:iot:discovery'`;
let server: Server;
let component: ComponentUnderTest;
let rack: Client;
let curious: Client;
beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server);
  [rack, curious] = await Promise.all([connectClient(server, 'rack'), connectClient(server, 'curious')]);
  for (const [node, tags] of Object.entries(THINGS)) await registered(node, `<str name='SET' value='fruit'/>${tags}`);
  const many = Array.from({ length: MANY }, (_, n) => `n${n}`);
  await Promise.all(many.map((node) => registered(node, `<str name='SET' value='many'/>`)));
});
afterAll(async () => {
  await Promise.all([rack.stop(), curious.stop()]);
  await component.remove();
  await server.stop();
});

/** A fruit each: what is a string for most is a number for one, and not there for another. */
const THINGS = {
  apple: `<str name='KIND' value='apple'/><num name='SIZE' value='1'/>`,
  Banana: `<str name='kind' value='Banana'/><num name='size' value='2.50'/>`,
  cherry: `<str name='Kind' value='cherry'/><num name='SIZE' value='-3e0'/>`,
  tilde: `<str name='KIND' value='～'/><num name='SIZE' value='-0'/>`,
  smile: `<str name='KIND' value='😀'/><str name='SIZE' value='1'/>`,
  number: `<num name='KIND' value='5'/><str name='ACCENT' value='e&#x301;'/>`,
  none: `<str name='KEY' value='apple'/>`,
};
const STRINGS = ['apple', 'Banana', 'cherry', 'tilde', 'smile'];
const NUMBERS = ['apple', 'Banana', 'cherry', 'tilde'];
const MANY = 105;

async function registered(nodeId: string, tags: string): Promise<void> {
  const answer = await rack.iq(
    'set',
    server.domain,
    `<register ${NS} selfOwned='true' nodeId='${nodeId}'>${tags}</register>`,
  );
  expect(answer.attrs['type'], String(answer)).toBe('result');
}

async function search(criteria: string, paging = '', type: 'get' | 'set' = 'get'): Promise<Element> {
  const answer = await curious.iq(type, server.domain, `<search ${NS} ${paging}>${criteria}</search>`);
  const found = answer.getChild('found', 'urn:xmpp:iot:discovery');
  if (found === undefined) throw new Error(String(answer));
  return found;
}

const nodesOf = (found: Element) => found.getChildren('thing').map((thing) => String(thing.attrs['nodeId']));
const fruit = async (criteria: string) => nodesOf(await search(`<strEq name='SET' value='fruit'/>${criteria}`));

describe('the operators', () => {
  it.each([
    [`<strEq name='KIND' value='apple'/>`, ['apple']],
    [`<strEq name='kind' value='Apple'/>`, []],
    [`<strNEq name='KIND' value='apple'/>`, ['Banana', 'cherry', 'tilde', 'smile']],
    [`<strGt name='KIND' value='apple'/>`, ['cherry', 'tilde', 'smile']],
    [`<strGt name='KIND' value='～'/>`, ['smile']],
    [`<strGtEq name='KIND' value='apple'/>`, ['apple', 'cherry', 'tilde', 'smile']],
    [`<strLt name='KIND' value='apple'/>`, ['Banana']],
    [`<strLtEq name='KIND' value='apple'/>`, ['apple', 'Banana']],
    [`<strRange name='KIND' min='apple' max='cherry'/>`, ['apple', 'cherry']],
    [`<strRange name='KIND' min='apple' minIncluded='false' max='cherry'/>`, ['cherry']],
    [`<strRange name='KIND' min='apple' max='cherry' maxIncluded='0'/>`, ['apple']],
    [`<strRange name='KIND' min='cherry' max='apple'/>`, []],
    [`<strNRange name='KIND' min='apple' max='cherry'/>`, ['Banana', 'tilde', 'smile']],
    [`<strNRange name='KIND' min='apple' minIncluded='false' max='cherry' maxIncluded='false'/>`, STRINGS],
    [`<strMask name='KIND' value='*an*' wildcard='*'/>`, ['Banana']],
    [`<strMask name='KIND' value='a*e' wildcard='*'/>`, ['apple']],
    [`<strMask name='KIND' value='%%an%%an%%a' wildcard='%%'/>`, ['Banana']],
    [`<strMask name='KIND' value='*ana*ana*' wildcard='*'/>`, []],
    [`<strMask name='KIND' value='apple' wildcard='*'/>`, ['apple']],
    [`<strMask name='KIND' value='*' wildcard='*'/>`, STRINGS],
    [`<numEq name='SIZE' value='2.5'/>`, ['Banana']],
    [`<numEq name='SIZE' value='0'/>`, ['tilde']],
    [`<numEq name='SIZE' value='1'/>`, ['apple']],
    [`<numNEq name='SIZE' value='1'/>`, ['Banana', 'cherry', 'tilde']],
    [`<numGt name='SIZE' value='1'/>`, ['Banana']],
    [`<numGtEq name='SIZE' value='1e0'/>`, ['apple', 'Banana']],
    [`<numLt name='SIZE' value='0'/>`, ['cherry']],
    [`<numLtEq name='SIZE' value='0'/>`, ['cherry', 'tilde']],
    [`<numRange name='SIZE' min='-3' max='1'/>`, ['apple', 'cherry', 'tilde']],
    [`<numRange name='SIZE' min='-3' minIncluded='false' max='1' maxIncluded='false'/>`, ['tilde']],
    [`<numNRange name='SIZE' min='-3' max='1'/>`, ['Banana']],
    [
      `<numNRange name='SIZE' min='-3' minIncluded='false' max='1' maxIncluded='false'/>`,
      ['apple', 'Banana', 'cherry'],
    ],
    [`<numGt name='SIZE' value='-1e308'/>`, NUMBERS],
    [`<numGt name='SIZE' value='0'/><strLt name='KIND' value='a'/>`, ['Banana']],
    [`<strEq name='ACCENT' value='\u00e9'/>`, ['number']],
    [`<strNEq name='KEY' value='x'/>`, []],
    [`<strEq name='key' value='apple'/>`, []],
    [`<strMask name='KEY' value='*' wildcard='*'/>`, []],
    [`<strNEq name='NOWHERE' value='x'/>`, []],
  ])('%s', async (criteria, nodes) => {
    expect(await fruit(criteria)).toEqual(nodes);
  });

  it('find the same when asked by a set', async () => {
    expect(nodesOf(await search(`<strEq name='KIND' value='apple'/>`, '', 'set'))).toEqual(['apple']);
  });
});

describe('what is found', () => {
  it('says tags in upper case and NFC, in their order, numbers with the digits they came with, never KEY', async () => {
    const tagsOf = async (node: string) => {
      const found = await search(`<strEq name='SET' value='fruit'/>`);
      const thing = found.getChildren('thing').find(({ attrs }) => attrs['nodeId'] === node);
      return thing?.getChildElements().map(({ name, attrs }) => [name, attrs['name'], attrs['value']]);
    };
    const set = ['str', 'SET', 'fruit'];
    expect(await tagsOf('Banana')).toEqual([set, ['str', 'KIND', 'Banana'], ['num', 'SIZE', '2.50']]);
    expect(await tagsOf('cherry')).toEqual([set, ['str', 'KIND', 'cherry'], ['num', 'SIZE', '-3e0']]);
    expect(await tagsOf('number')).toEqual([set, ['num', 'KIND', '5'], ['str', 'ACCENT', '\u00e9']]);
    expect(await tagsOf('none')).toEqual([set]);
  });
});

describe('paging', () => {
  const many = `<strEq name='SET' value='many'/>`;

  it('gives 20 unless asked for more, 100 at most, and says whether there is more', async () => {
    const sizes = async (paging: string) => {
      const found = await search(many, paging);
      return [nodesOf(found).length, found.attrs['more']];
    };
    expect(await sizes('')).toEqual([20, 'true']);
    expect(await sizes(`maxCount='1'`)).toEqual([1, 'true']);
    expect(await sizes(`maxCount='1000'`)).toEqual([100, 'true']);
    expect(await sizes(`maxCount='99999999999999999999'`)).toEqual([100, 'true']);
    expect(await sizes(`offset='85'`)).toEqual([20, 'false']);
    expect(await sizes(`offset='5' maxCount='100'`)).toEqual([100, 'false']);
    expect(await sizes(`offset='4' maxCount='100'`)).toEqual([100, 'true']);
    expect(await sizes(`offset='105'`)).toEqual([0, 'false']);
    expect(await sizes(`offset='99999999999999999999'`)).toEqual([0, 'false']);
  });

  it('shows each Thing once, in the order of registration, also while Things change', async () => {
    const seen: string[] = [];
    for (let offset = 0; offset < MANY; offset += 20) {
      seen.push(...nodesOf(await search(many, `offset='${offset}'`)));
      const tags = `<str name='CHANGED' value='${offset}'/>`;
      await rack.iq('set', server.domain, `<update ${NS} nodeId='n${offset}'>${tags}</update>`);
    }
    expect(new Set(seen).size).toBe(MANY);
    expect(nodesOf(await search(many, `maxCount='100'`))).toEqual(seen.slice(0, 100));
  });
});

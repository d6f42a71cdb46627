import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ClaimedThing } from '../../src/domain/thing.js';
import { discoProtocol } from '../../src/xep/0030-disco/index.js';
import { versionProtocol } from '../../src/xep/0092-version/index.js';
import { pingProtocol } from '../../src/xep/0199-ping/index.js';
import { timeProtocol } from '../../src/xep/0202-time/index.js';
import type { Element } from '../../src/xmpp/element.js';
import { parseJid } from '../../src/xmpp/jid.js';
import type { Protocol } from '../../src/xmpp/protocol.js';
import { createPlant, fields, iq, message, node, req, SENSOR_DATA, T } from '../xep/0323-sensor-data/plant.js';
import { createBench, DOMAIN, get } from '../xep/bench.js';

/** Requirements that are asked of any component (XEP-0030, 0092, 0114, 0199, 0202, 0347 section 6). */

describe('what is announced', () => {
  const announcedAt = async (to: string, bench = createBench()) => {
    const table: readonly Protocol<ClaimedThing>[] = [
      discoProtocol({ ...bench, domain: DOMAIN, name: () => 'The place', protocols: () => table }),
      versionProtocol({ version: '1.0.0' }),
      pingProtocol(),
      timeProtocol(bench),
    ];
    const query = get("<query xmlns='http://jabber.org/protocol/disco#info'/>", { to });
    const answer = await bench.ask(table, query);
    return (answer.getChild('query')?.getChildren('feature') ?? []).map(({ attrs }) => attrs['var']);
  };

  it.each(['jabber:iq:version', 'urn:xmpp:ping', 'urn:xmpp:time', 'http://jabber.org/protocol/disco#info'])(
    'of the component has %s',
    async (feature) => expect(await announcedAt(DOMAIN)).toContain(feature),
  );

  it('of the component has no jabber:x:data: forms come in commands alone', async () => {
    expect(await announcedAt(DOMAIN)).not.toContain('jabber:x:data');
  });

  it('of a Thing has urn:xmpp:ping, and neither version nor time', async () => {
    const bench = createBench();
    const id = await bench.place({ jid: 'thing@example.org', owner: 'user@example.org' });
    const announced = await announcedAt(`${id}@${DOMAIN}`, bench);
    expect(announced).toContain('urn:xmpp:ping');
    expect(announced).not.toEqual(expect.arrayContaining(['jabber:iq:version']));
    expect(announced).not.toEqual(expect.arrayContaining(['urn:xmpp:time']));
  });
});

describe('every stanza that is sent', () => {
  it('has a `from` of our domain, and a `to`', async () => {
    const plant = createPlant();
    const id = await plant.place({ jid: 'device@example.org', owner: 'owner@example.org' });
    const own = `${id}@${DOMAIN}`;
    const sent: Element[] = [];
    const comes = async (...stanzas: string[]) => {
      const said = await plant.comes(...stanzas);
      sent.push(...said);
      return said;
    };
    const [, question] = await comes(iq(req(), { to: own }));
    const seqnr = question?.getChild('req')?.attrs['seqnr'];
    await plant.accept(question);
    await comes(message(fields(seqnr, node('', T), "done='true'")));
    await comes(message(`<request xmlns='urn:xmpp:receipts'/>${fields(1, node('', T))}`, { attributes: " id='m1'" }));
    await comes(message(fields(1, node('', "<int name='T' value='x'/>"))), iq(req('')), iq(req(), { to: own }));
    await comes(iq(`<cancel xmlns='${SENSOR_DATA}' seqnr='1'/>`), iq('<nothing xmlns="urn:example:none"/>'));
    expect(new Set(sent.map(({ name, attrs }) => `${name} ${attrs['type']}`))).toEqual(
      new Set(['iq result', 'iq get', 'iq error', 'message headline', 'message error']),
    );
    for (const { attrs } of sent) {
      expect(parseJid(String(attrs['from']))?.domain).toBe(DOMAIN);
      expect(parseJid(String(attrs['to']))).toBeDefined();
    }
  });
});

const ESCAPED = ['d\\27artagnan@example.org', 'space\\20cadet@example.org', 'at\\40work@example.org/a\\20b'];

describe('escaped JIDs', () => {
  it.each(ESCAPED)('are JIDs, kept as they are: %s', (text) => expect(parseJid(text)?.full).toBe(text));

  it('are compared as they are, never unescaped', () => {
    const [a, b] = [parseJid('a\\5cb@example.org'), parseJid('a\\b@example.org')];
    expect([a?.bare, b?.bare]).toEqual(['a\\5cb@example.org', 'a\\b@example.org']);
  });
});

describe('characters that a local part cannot hold', () => {
  it.each([...' "&\'/:<>@'])('are no JID, however they come: %j', (character) => {
    const jid = parseJid(`a${character}b@example.org`);
    expect(jid?.local).not.toBe(`a${character}b`);
  });
});

describe('the component port', () => {
  it('is loopback, in what is shipped', () => {
    const { define_macro: macros, listen } = parse(readFileSync(at('ejabberd.yml'), 'utf8'));
    const listeners: { module: string; ip: string }[] = listen;
    const addresses = listeners
      .filter(({ module }) => module === 'ejabberd_service')
      .map(({ ip }) => (ip in macros ? macros[ip] : ip));
    expect(addresses).toEqual(['127.0.0.1']);
  });
});

describe('a QR code', () => {
  it('is drawn here, by no service outside', () => {
    const files = readdirSync(at('src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    // The check of an installation asks the component itself whether it is ready.
    const others = files.filter((file) => file !== join('maintenance', 'check-connection.ts'));
    const asking = others.filter((file) =>
      /\bfetch\(['"`]http|node:https|https?\.(get|request)\(/.test(readFileSync(at(`src/${file}`), 'utf8')),
    );
    expect(asking).toEqual([]);
    expect(readFileSync(at('src/cli/device.ts'), 'utf8')).toContain("from 'uqr'");
  });
});

function at(path: string): URL {
  return new URL(`../../${path}`, import.meta.url);
}

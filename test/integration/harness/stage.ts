import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { childElements, type Element } from '../../../src/xmpp/element.js';
import { decodeError } from '../../../src/xmpp/stanza-error.js';
import { canonical, parseXml } from '../../xep/stanza-files.js';
import { type Client, connectClient, resultOf } from './client.js';
import type { Server } from './server.js';
import { until } from './until.js';

export const DISCOVERY = 'urn:xmpp:iot:discovery';

/** One performance of examples of XEP-0347: their accounts, serial number and KEY are its own, so that none disturbs another. */
export interface Stage {
  /** Text with the JIDs, serial number and KEY of the examples, in this stage's own. */
  here(text: string): string;
  /** The element in `stanzas/0347-registry/<name>.xml`. */
  example(name: string): Element;
  /** The client of a full JID of the examples, logged in and available when first asked for. It acknowledges every notice. */
  client(jid: string): Promise<Client>;
  /** The names of the examples that were read so far. */
  readonly played: ReadonlySet<string>;
  /** Sends the request of an example from its sender. @returns the whole answer. */
  ask(name: string, type?: 'get' | 'set'): Promise<Element>;
  /** Asks as the one example does and expects the answer of the other. */
  expectAnswer(request: string, answer: string, type?: 'get' | 'set'): Promise<void>;
  /** The next notice that a client of the examples gets. */
  notice(jid: string): Promise<Element>;
  close(): Promise<void>;
}

const NOTICES = ['claimed', 'disowned', 'removed'];

export function openStage(server: Server): Stage {
  const number = randomInt(10_000_000, 100_000_000);
  const clients = new Map<string, { readonly client: Promise<Client>; readonly notices: Element[] }>();

  function here(text: string): string {
    return text
      .replace(/\b(thing|rack|owner|curious|device)@example\.org/g, `$1${number}@${server.host}`)
      .replace(/(discovery\.|provisioning@)example\.org/g, server.domain)
      .replaceAll('example.org', server.host)
      .replaceAll('39487', `${number}39487`)
      .replaceAll('4857402340298342', `4857402340298342-${number}`);
  }

  const played = new Set<string>();

  function example(name: string): Element {
    played.add(name);
    const file = new URL(`../../../stanzas/0347-registry/${name}.xml`, import.meta.url);
    return parseXml(here(readFileSync(file, 'utf8')));
  }

  function dressed(jid: string) {
    const known = clients.get(here(jid));
    if (known !== undefined) return known;
    const notices: Element[] = [];
    const made = { client: logIn(server, here(jid), notices), notices };
    clients.set(here(jid), made);
    return made;
  }

  async function ask(name: string, type?: 'get' | 'set'): Promise<Element> {
    const { attrs, children } = example(name);
    const client = await dressed(String(attrs['from'])).client;
    const payload = children.filter((child) => typeof child !== 'string');
    return client.iq(type ?? (attrs['type'] === 'get' ? 'get' : 'set'), String(attrs['to']), payload);
  }

  return {
    here,
    example,
    played,
    client: (jid) => dressed(jid).client,
    ask,
    async expectAnswer(request, answer, type) {
      const got = await ask(request, type);
      expectLike(got, example(answer));
      expect(got.attrs['to']).toBe(example(request).attrs['from']);
      expect(got.attrs['from']).toBe(server.domain);
    },
    async notice(jid) {
      const { notices } = dressed(jid);
      await until(() => notices.length > 0, `a notice for ${jid}`);
      const [notice] = notices.splice(0, 1);
      if (notice === undefined) throw new Error('no notice');
      expect([notice.attrs['from'], notice.attrs['type']]).toEqual([server.domain, 'set']);
      return notice;
    },
    async close() {
      for (const { client } of clients.values()) await (await client).stop();
    },
  };
}

async function logIn(server: Server, jid: string, notices: Element[]): Promise<Client> {
  const [bare = '', resource] = jid.split('/');
  const [user = ''] = bare.split('@');
  const client = await connectClient(server, user, resource === undefined ? {} : { resource });
  for (const name of NOTICES) {
    client.onIq(DISCOVERY, name, (iq) => {
      notices.push(iq);
      return resultOf(iq);
    });
  }
  client.sendPresence();
  return client;
}

/**
 * Expects an answer to be of the type of another, with an error of its condition and type, or with its payload.
 * `public` is always written by us and left out by some examples: where theirs has none it is not looked at.
 */
export function expectLike(got: Element, wanted: Element): void {
  expect(got.attrs['type'], String(got)).toBe(wanted.attrs['type']);
  if (wanted.attrs['type'] === 'error') {
    const { condition, type } = decodeError(wanted);
    expect(decodeError(got)).toMatchObject({ condition, type });
    return;
  }
  expectPayload(got, childElements(wanted)[0]);
}

/** Expects the one payload of a stanza to be this, or that there is none. */
export function expectPayload(got: Element, wanted: Element | undefined): void {
  const [payload, ...others] = childElements(got);
  expect(others).toEqual([]);
  if (payload !== undefined && wanted !== undefined && wanted.attrs['public'] === undefined) {
    delete payload.attrs['public'];
  }
  expect(payload && canonical(payload), String(got)).toEqual(wanted && canonical(wanted));
}

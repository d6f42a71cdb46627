import { type Element, element } from '../../xmpp/element.js';
import { type Decoded, Reader } from '../../xmpp/reader.js';

/** The namespace of XEP-0092 (version 1.1). */
export const VERSION = 'jabber:iq:version';

export interface SoftwareVersion {
  readonly name: string;
  readonly version: string;
  readonly os?: string;
}

/** The question has nothing in it. */
export function encodeVersionQuery(): Element {
  return element('query', { xmlns: VERSION });
}

export function decodeVersionQuery(payload: Element): Decoded<'asked'> {
  const read = new Reader(payload);
  read.empty();
  return read.end('asked');
}

export function encodeVersion({ name, version, os }: SoftwareVersion): Element {
  const child = (tag: string, text: string) => element(tag, {}, text);
  return element(
    'query',
    { xmlns: VERSION },
    child('name', name),
    child('version', version),
    os === undefined ? undefined : child('os', os),
  );
}

export function decodeVersion(payload: Element): Decoded<SoftwareVersion> {
  const read = new Reader(payload);
  const [name, version] = [read.requiredText('name'), read.requiredText('version')];
  const os = payload.getChild('os', VERSION)?.getText();
  return read.end({ name, version, ...(os !== undefined && { os }) });
}

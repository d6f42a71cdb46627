import { Element, serialize } from '../../xmpp/element.js';

/** What is shown in place of a secret. */
const HIDDEN = '(not shown)';
const TOKENS: ReadonlySet<string> = new Set(['serviceToken', 'deviceToken', 'userToken']);

/** A stanza as XML for people to look at: without the KEY and the tokens that are in it. */
export function traced(stanza: Element): string {
  return serialize(withoutSecrets(stanza));
}

/** A copy of a stanza without the KEY and the tokens that are in it. */
export function withoutSecrets(shown: Element): Element {
  const copy = new Element(shown.name);
  const isKey = shown.getName() === 'str' && String(shown.attrs['name']).toUpperCase() === 'KEY';
  for (const [name, value] of Object.entries(shown.attrs)) {
    const secret = TOKENS.has(name) || (isKey && name === 'value' && value !== '');
    copy.attrs[name] = secret ? HIDDEN : value;
  }
  for (const child of shown.children) {
    copy.append(typeof child === 'string' ? child : withoutSecrets(child));
  }
  return copy;
}

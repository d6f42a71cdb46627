import { StringDecoder } from 'node:string_decoder';

/**
 * The leanest reader of a stream that an XMPP server sends: it finds where top-level elements end, and checks nothing. Good
 * for what measures, not for what serves.
 *
 * @param take gets each stanza as text, and its name.
 */
export function createScanner(take: (stanza: string, name: string) => void): (bytes: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let text = '';
  return (bytes) => {
    text += decoder.write(bytes);
    let at = 0;
    for (;;) {
      const start = text.indexOf('<', at);
      if (start < 0) break;
      const open = text.indexOf('>', start);
      if (open < 0) break;
      const name = nameAt(text, start + 1);
      if (
        text.charCodeAt(open - 1) === SLASH ||
        name === 'stream:stream' ||
        name.startsWith('?') ||
        name.startsWith('/')
      ) {
        take(text.slice(start, open + 1), name);
        at = open + 1;
        continue;
      }
      const end = text.indexOf(`</${name}>`, open);
      if (end < 0) break;
      at = end + name.length + 3;
      take(text.slice(start, at), name);
    }
    text = text.slice(at);
  };
}

const SLASH = 0x2f;

function nameAt(text: string, at: number): string {
  let end = at;
  while (!' />\n'.includes(text.charAt(end))) end += 1;
  return text.slice(at, end);
}

/** The value of an attribute of the first tag, as it stands there. */
export function attribute(stanza: string, name: string): string | undefined {
  const tagEnd = stanza.indexOf('>');
  for (const quote of [`'`, `"`]) {
    const start = stanza.indexOf(` ${name}=${quote}`);
    if (start < 0 || start > tagEnd) continue;
    const from = start + name.length + 3;
    return stanza.slice(from, stanza.indexOf(quote, from));
  }
  return undefined;
}

import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { attribute, createScanner } from './scanner.js';

/*
 * What a component could reach at most: the leanest one that answers. It keeps nothing, checks nothing and decides nothing:
 * an IQ is answered by an empty result, a message of XEP-0323 is taken apart into its values, which are thrown away, and
 * gets its receipt (XEP-0184). With `notice` each <mine/> also makes it send a `claimed` (XEP-0347), and wait for nothing.
 *
 *     node ceiling.js PORT DOMAIN SECRET [notice]
 */
const [port = '', domain = '', secret = '', mode = ''] = process.argv.slice(2);
const socket = connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
let out: string[] = [];
let things: string[] = [];
let sent = 0;

socket.on('data', createScanner(receive)).on('close', () => process.exit(0));
socket.write(
  `<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='${domain}'>`,
);
process.once('SIGTERM', () => socket.end('</stream:stream>'));

function receive(stanza: string, name: string): void {
  if (name === 'iq') answer(stanza);
  else if (name === 'message') discard(stanza);
  else if (name === 'stream:stream') {
    const digest = createHash('sha1')
      .update(`${attribute(stanza, 'id')}${secret}`)
      .digest('hex');
    socket.write(`<handshake>${digest}</handshake>`);
  } else if (name === 'handshake') console.info('ready');
}

function answer(stanza: string): void {
  const type = attribute(stanza, 'type');
  if (type !== 'get' && type !== 'set') return;
  const from = attribute(stanza, 'from') ?? '';
  push(`<iq type='result' id='${attribute(stanza, 'id')}' from='${domain}' to='${from}'/>`);
  if (mode !== 'notice') return;
  if (stanza.includes('<register')) things = things.includes(from) ? things : [...things, from];
  else if (stanza.includes('<mine')) notice(from.slice(0, from.indexOf('/')));
}

function notice(owner: string): void {
  const thing = things[sent++ % things.length];
  push(
    `<iq type='set' id='n${sent}-0123456789abcdef' from='${domain}' to='${thing}'>` +
      `<claimed xmlns='urn:xmpp:iot:discovery' jid='${owner}' nodeId='node-${sent}' public='true'/></iq>`,
  );
}

function discard(stanza: string): void {
  let characters = 0;
  for (let at = stanza.indexOf(' value='); at >= 0; at = stanza.indexOf(' value=', at + 1)) {
    characters += stanza.slice(at + 8, stanza.indexOf(stanza.charAt(at + 7), at + 8)).length;
  }
  if (characters === 0) throw new Error(`a message without values: ${stanza}`);
  const to = `to='${attribute(stanza, 'from')}' type='headline'`;
  push(
    `<message from='${domain}' ${to}><received xmlns='urn:xmpp:receipts' id='${attribute(stanza, 'id')}'/></message>`,
  );
}

function push(xml: string): void {
  if (out.length === 0) setImmediate(flush);
  out.push(xml);
}

function flush(): void {
  socket.write(out.join(''));
  out = [];
}

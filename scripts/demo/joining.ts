import type { World } from './world.js';

const GUEST = { name: 'guest', password: 'guest' } as const;

/** How one takes part with one's own XMPP client. Starts a Thing that waits for its owner. */
export async function joining(world: World): Promise<string> {
  const { server } = world;
  const cellar = world.device('Cellar', { CLASS: 'Computer', SN: 'demo-3' });
  await world.account(GUEST.name, GUEST.password);
  const tags = await cellar.iotDisco();
  return `
Everything runs on until Ctrl-C. Take part with any XMPP client that has ad-hoc commands (Gajim, Psi, Profanity, ...):

   JID       ${GUEST.name}@${server.host}     password  ${GUEST.password}
   host      ${server.address}          port      ${server.c2sPort}   (no encryption: it is this machine alone)
   or over WebSocket: ws://${server.address}:${server.wsPort}/ws

A third Thing, Cellar, waits for its owner. Its QR code says

   ${tags}

so claim it by the command "Claim a Thing" of ${server.domain}, and read it by another. In Profanity:

   /cmd exec thingstead:claim ${server.domain}
   /field1 ${tags}
   /form submit
   /cmd exec thingstead:read ${server.domain}        and /form submit, twice

The same from an XML console: claim it, with each tag of that text as <str/>, and as <num/> where it begins with #:

   <iq type='set' to='${server.domain}' id='1'>
     <mine xmlns='urn:xmpp:iot:discovery' public='false'>
${mineTags(tags)}
     </mine>
   </iq>

then ask for its address, and read it there:

   <iq type='get' to='${server.domain}' id='2'><query xmlns='http://jabber.org/protocol/disco#items' node='${cellar.jid}'/></iq>
   <iq type='get' to='ADDRESS' id='3'><req xmlns='urn:xmpp:iot:sensordata' seqnr='1' all='true'/></iq>

and search for what is public:

   <iq type='get' to='${server.domain}' id='4'><search xmlns='urn:xmpp:iot:discovery'><strEq name='CLASS' value='Computer'/></search></iq>
`;
}

function mineTags(text: string): string {
  const parts = text.split(';').slice(1);
  return parts.map((part) => `       ${tagOf(part)}`).join('\n');
}

function tagOf(part: string): string {
  const colon = part.indexOf(':');
  const [name, value] = [part.slice(0, colon), part.slice(colon + 1)];
  return name.startsWith('#')
    ? `<num name='${name.slice(1)}' value='${value}'/>`
    : `<str name='${name}' value='${value}'/>`;
}

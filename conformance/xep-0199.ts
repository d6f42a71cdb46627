import type { Specification } from './requirement.js';

export const XEP_0199: Specification = {
  xep: '0199',
  name: 'XMPP Ping',
  version: '2.0.1',
  scope: 'The component answers pings at all its addresses, and pings devices and readers.',
  sections: {
    '4.1 Server-To-Client Pings': [
      { MUST: 'Who supports it answers by an empty result', done: 'ping: ping > is answered by an empty result' },
      {
        MUST: 'Who does not answers service-unavailable',
        done: [
          'ping: examples > ping-not-supported',
          'sensor-readers: a reader that answers a ping by an error is there: only a result says so',
        ],
      },
    ],
    '4.2 Client-To-Server Pings': [
      { MUST: 'The server answers for itself and for bare JIDs', others: 'the XMPP server' },
    ],
    '4.3 Server-To-Server Pings': [
      { MUST: 'The other side of a stream answers', done: 'ping: ping > is answered by an empty result' },
    ],
    '4.4 Client-to-Client Pings': [
      {
        SHOULD: 'A pinged entity answers',
        done: [
          'ping: ping > is answered by a Thing that the asker may see, from its address',
          'device: service discovery > tells what it is',
        ],
      },
    ],
    '4.5 Component pings': [
      { SHOULD: 'A component answers', done: 'ping: ping > is answered to those who may not use the component' },
    ],
    '5 Determining Support': [
      {
        MUST: 'disco#info has the feature urn:xmpp:ping',
        done: [
          'component: what is announced > of the component has urn:xmpp:ping',
          'component: what is announced > of a Thing has urn:xmpp:ping, and neither version nor time',
        ],
      },
      {
        SHOULD: 'Support is found by capabilities, or by service discovery',
        otherwise:
          'It is not looked up: any answer to a ping, an error too, says that somebody is there, which is all that is asked.',
        shown: 'sensor-readers: a reader that answers a ping by an error is there: only a result says so',
      },
    ],
    '7 Security Considerations': [
      {
        MUST: 'Who may not know whether one is there is answered service-unavailable',
        otherwise:
          'item-not-found, as of any address that is not there for the asker: two errors would tell the one from the other.',
        shown: 'scripted: what one may not see > is not there, to the byte: a ping',
      },
    ],
  },
};

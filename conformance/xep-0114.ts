import type { Specification } from './requirement.js';

export const XEP_0114: Specification = {
  xep: '0114',
  name: 'Jabber Component Protocol',
  version: '1.6',
  scope: 'The component connects to its server (jabber:component:accept).',
  sections: {
    '3 Protocol Flow': [
      {
        says: "The stream's `to` is the name of the component",
        done: [
          'connection: a connection > authenticates, with a secret beyond ASCII too, and carries stanzas both ways',
          'ejabberd: for components > a domain that is not listed is refused',
        ],
      },
      {
        MUST: 'The server answers with a stream header, or a stream error',
        done: [
          'connection: why there is no connection > is said in words: an unknown domain',
          'connection: why there is no connection > is said in words: a conflict',
        ],
      },
      {
        MUST: "Another namespace than the component's is refused by the server",
        done: 'connection: why there is no connection > is said in words: another protocol',
      },
      {
        MUST: "The component sends a `handshake` after the server's header",
        done: 'connection: a connection > authenticates, with a secret beyond ASCII too, and carries stanzas both ways',
      },
      {
        says: 'It holds SHA-1 of stream id and secret, in lower-case hexadecimal digits',
        done: [
          'connection: a connection > authenticates, with a secret beyond ASCII too, and carries stanzas both ways',
          'ejabberd: for components > the secret opens the door, and disco#items of the host then shows the component',
        ],
      },
      {
        MUST: 'Wrong credentials end the stream',
        done: [
          'connection: why there is no connection > is said in words: a wrong secret',
          'ejabberd: for components > a wrong secret is refused',
        ],
      },
      {
        MUST: 'An empty `handshake` says that they are right',
        done: 'connection: a connection > is on line before the stanzas that come in one read with the handshake',
      },
      {
        MUST: 'Every stanza has `from` and `to`',
        done: 'component: every stanza that is sent > has a `from` of our domain, and a `to`',
      },
      {
        MUST: "The domain of `from` is the component's",
        done: 'component: every stanza that is sent > has a `from` of our domain, and a `to`',
      },
      {
        MAY: '`from` may be any user at that domain',
        done: [
          'sensor-requests: a request > is accepted before anything else, passed to the device and answered from the address asked',
          'presence-live: a brokered address > shows its owner whether the device is on line',
        ],
      },
    ],
    '4 Security Considerations': [
      { SHOULD: "The server's administrators trust the component", others: 'the administrators of the server' },
      {
        says: 'A second component with the same secret is told by `conflict`',
        otherwise: 'ejabberd does not, and deals stanzas to both: the component finds that out by probes of its own.',
        shown: 'connection: why there is no connection > is said in words: a conflict',
      },
    ],
  },
};

import type { Specification } from './requirement.js';

export const XEP_0184: Specification = {
  xep: '0184',
  name: 'Message Delivery Receipts',
  version: '1.4.0',
  scope:
    'The component acknowledges what devices push; it asks for no receipts itself. The library for devices asks for them.',
  sections: {
    '4 Protocol Format': [
      {
        says: '`request` in a message asks for a receipt, `received` is it',
        done: 'sensor-pushes: a push > is stored, and answered by nothing unless a receipt is asked for',
      },
    ],
    '5.1 Bare JID': [
      { MAY: 'A receipt may be asked of a bare JID', done: 'device-push: a push is stored when its receipt comes' },
    ],
    '5.3 Groupchat': [
      {
        says: 'In groupchat no receipt should be asked for',
        others: 'who sends to rooms: readings are pushed to the component',
      },
    ],
    '5.4 Ack Messages': [
      {
        MUST: 'A receipt asks for no receipt',
        done: [
          'sensor-pushes: a push > beside a receipt asks for none',
          'sensor-pushes: a push > gets its receipt after the commit',
        ],
      },
    ],
    '5.5 Archived Messages': [
      {
        MUST: 'A receipt is sent when the message is first received, not when it is read later',
        done: [
          'sensor-pushes: a push > gets its receipt after the commit',
          'sensor-pushes: a push > that was stored before gets a receipt too',
        ],
      },
    ],
    '6 Determining Support': [
      {
        MUST: 'disco#info has the feature urn:xmpp:receipts',
        done: 'sensor-requests: is a protocol whose features are those of XEP-0323 and XEP-0184, everywhere',
      },
    ],
    '7 Implementation Notes': [
      {
        MUST: 'A message that asks for a receipt has an id',
        done: 'sensor-pushes: a push > that asks for a receipt without an id cannot get one',
      },
      {
        MUST: 'A receipt echoes the id of the message',
        done: 'sensor-pushes: a push > is stored, and answered by nothing unless a receipt is asked for',
      },
      {
        SHOULD: 'The message with the receipt has no other child',
        done: [
          'sensor-pushes: a push > is stored, and answered by nothing unless a receipt is asked for',
          'sensor-pushes: a push > that is refused in part: what is good is kept, then received, then one failure',
        ],
      },
      {
        says: 'The receipt is of the type of the message that asked',
        otherwise:
          'It is a headline, for the session that asked alone: an untyped one to a session that is gone would end on a phone or among the stored messages. Section 7 has clients accept any type.',
        shown: 'sensor-pushes: a push > is stored, and answered by nothing unless a receipt is asked for',
      },
      {
        MUST: 'No receipt to who may not have one, and SHOULD no error',
        otherwise: 'Who pushes what can never be stored is told why by an error: he would repeat it for ever.',
        shown: [
          'sensor-pushes: a push > of which nothing can ever be stored is an error, without receipt',
          'sensor-pushes: a push > from one that is no Thing is refused, and nothing is stored',
        ],
      },
    ],
    '8 Security Considerations': [
      {
        SHOULD: "Receipts go only to who may see one's presence",
        done: 'sensor-pushes: a push > from one that is no Thing is refused, and nothing is stored',
      },
    ],
  },
};

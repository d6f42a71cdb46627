import type { Specification } from './requirement.js';

export const XEP_0324: Specification = {
  xep: '0324',
  name: 'Internet of Things - Provisioning',
  version: '0.5.1',
  scope:
    'The part that claims need: isFriend, canRead, unfriend and clearCache. The rest is answered feature-not-implemented.',
  sections: {
    '3.1.2 Provisioning Server as a server component': [
      {
        says: 'It can be a component, found among those of the server; no friendship is needed',
        done: [
          'provisioning: is announced of the component, and of no Thing',
          'device: whom the registry vouches for > reads a Thing that is its own directly, as everyone may',
        ],
      },
    ],
    '3.2.1 Friendship request accepted': [
      {
        says: '`isFriend` asks whether a friendship is to be accepted; `isFriendResponse` repeats the JID and says the result',
        done: [
          'provisioning: isFriend > thing@example.org and owner@example.org: true',
          'provisioning: examples > is-friend-result-accepted',
          'device: friends > its owner may see it on line, a stranger may not',
        ],
      },
    ],
    '3.2.2 Friendship request rejected': [
      {
        says: 'The result false rejects it',
        done: 'provisioning: isFriend > thing@example.org and passer-by@example.org: false',
      },
      {
        says: 'Unknown JIDs',
        otherwise: 'The specification is silent; they are answered false, as are JIDs that one may not know of.',
        shown: 'provisioning: isFriend > nobody@example.org and nobody-else@example.org: false',
      },
    ],
    '3.1.4 Delegating Secondary Trust': [
      {
        says: '`secondaryTrustAllowed` is false by default',
        done: 'provisioning: examples > is-friend-result-accepted',
      },
    ],
    '3.2.3 Unfriending existing friends': [
      {
        says: '`unfriend` tells one of two that they are friends no longer',
        done: [
          'registry-handler: the messenger > names those who are friends no longer, for this session alone, before it asks to forget',
          'unfriend: a Thing that asked is told when it is removed, and once it has answered no more is owed',
        ],
      },
      {
        says: 'It goes only to who has asked `isFriend` before',
        done: [
          'unfriend: one that never asked is not told',
          'friends: a Thing that never asked is told nothing of friends',
        ],
      },
      {
        says: 'The device ends the friendship',
        done: 'unfriend: the device library ends what its former owner saw, and answers',
      },
    ],
    '3.2.4 Recommending friendships': [
      {
        says: '`friend` recommends a friendship',
        not: 'A Thing is told its owner by `claimed` (XEP-0347), and may ask the rest by isFriend.',
      },
    ],
    '3.3.1 Rejecting read-outs': [
      {
        says: '`canRead` asks whether a read-out is allowed; `canReadResponse` says',
        done: [
          'provisioning: canRead > is true for those whom the access table lets read, and for no others',
          'provisioning: canRead > is false for who is no Thing, and for a Thing without an owner',
        ],
      },
    ],
    '3.3.2 Restricting nodes during read-out': [
      {
        says: 'The response names the nodes that may be read',
        done: [
          'provisioning: canRead > repeats the nodes and fields that it allows',
          'provisioning: canRead > names the nodes that it allows where not all of them are, and none was asked for',
        ],
      },
    ],
    '3.3.3 Restricting fields during read-out': [
      {
        says: 'The response names the fields that may be read',
        done: 'provisioning: canRead > repeats the nodes and fields that it allows',
      },
    ],
    '3.4 Device Control': [
      {
        says: '`canControl`',
        not: 'Control (XEP-0325) is not part of this component; the answer is feature-not-implemented.',
      },
    ],
    '3.5.1 Clear cache': [
      {
        says: 'Changed rights are followed by `clearCache`',
        done: [
          'friends: a Thing that has asked who its friends are is told > when it is shared no longer',
          'registry-handler: the messenger > names those who are friends no longer, for this session alone, before it asks to forget',
        ],
      },
      {
        MUST: 'A device that was off line is told when it comes on line',
        done: 'unfriend: one that was away is told when it is back, though the component was killed; and again until it answers',
      },
      {
        says: '`clearCacheResponse` acknowledges, and ends the repetitions',
        done: [
          'friends: the news of changed rights > is told again, with all who were lost, until it is answered',
          'unfriend: a Thing that asked is told when it is removed, and once it has answered no more is owed',
        ],
      },
    ],
    '3.6 Services': [
      {
        says: 'Tokens and privileges of services',
        not: 'Rights here are those of owners and shares; the answer is feature-not-implemented.',
      },
    ],
    '3.7 User privileges': [
      {
        says: 'Privileges of users in services',
        not: 'Rights here are those of owners and shares; the answer is feature-not-implemented.',
      },
    ],
    '4 Determining Support': [
      {
        MUST: 'disco#info has the feature urn:xmpp:iot:provisioning',
        done: 'provisioning: is announced of the component, and of no Thing',
      },
    ],
  },
};

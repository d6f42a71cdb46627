import type { Specification } from './requirement.js';

export const XEP_0106: Specification = {
  xep: '0106',
  name: 'JID Escaping',
  version: '1.1.1',
  scope:
    'The component makes no JIDs from foreign names and shows none to people but in texts; escaped JIDs are JIDs like any others to it.',
  sections: {
    '3 Requirements': [
      { MUST: 'JIDs that hold escapes stay valid', done: 'component: escaped JIDs > are JIDs, kept as they are: *' },
      { MUST: 'Only the local part is escaped', done: 'component: escaped JIDs > are JIDs, kept as they are: *' },
    ],
    '4.2 Escaping Transformations': [
      {
        says: 'Ten characters are escaped, by a backslash and two digits in lower case',
        not: 'Nothing is escaped here: addresses of Things are ten letters and digits, and people give JIDs as their clients show them on the wire.',
      },
    ],
    '5.1 Native Processing': [
      { MUST: 'A client shows escaped characters unescaped to people', others: 'clients' },
      {
        MUST: 'The unescaped character is never sent',
        done: 'component: characters that a local part cannot hold > are no JID, however they come: *',
      },
      {
        MUST: 'JIDs are compared as they are, never unescaped',
        done: 'component: escaped JIDs > are compared as they are, never unescaped',
      },
      { MUST: '`\\20` is neither first nor last', others: 'who escapes' },
    ],
    '5.2 Address Transformation Algorithm': [
      { MUST: 'Foreign addresses are escaped by this algorithm', others: 'gateways' },
    ],
    '7 Determining Support': [
      {
        MUST: 'Who supports it announces jid\\20escaping',
        not: 'There is nothing to announce: what is not done is not announced, and clients then pass JIDs on as they are.',
      },
    ],
    '8 Security Considerations': [
      {
        MUST: 'No two ways of one JID: unescaped versions are not compared',
        done: 'component: escaped JIDs > are compared as they are, never unescaped',
      },
    ],
  },
};

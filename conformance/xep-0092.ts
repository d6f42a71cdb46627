import type { Specification } from './requirement.js';

export const XEP_0092: Specification = {
  xep: '0092',
  name: 'Software Version',
  version: '1.1',
  scope: 'The component tells its own.',
  sections: {
    '2 Protocol': [
      {
        says: 'An empty `query` in an IQ of type get asks for it',
        done: [
          'version: version > is that of the program, and nothing is said of the system',
          'version: version > asked with something in it is a bad request',
        ],
      },
      {
        MUST: 'The answer has a `name`',
        done: [
          'version: version > is that of the program, and nothing is said of the system',
          'version: hostile twins > bad-version-result-without-name',
        ],
      },
      {
        MUST: 'The answer has a `version`',
        done: [
          'version: version > is that of the program, and nothing is said of the system',
          'version: hostile twins > bad-version-result-without-version',
        ],
      },
      {
        MAY: 'The answer has an `os`',
        otherwise: 'It is never told: section 5 says why.',
        shown: 'version: version > is that of the program, and nothing is said of the system',
      },
    ],
    '4 Determining Support': [
      {
        says: 'disco#info has the feature jabber:iq:version',
        done: 'component: what is announced > of the component has jabber:iq:version',
      },
    ],
    '5 Security Considerations': [
      {
        MUST: 'Telling the operating system can be switched off',
        done: 'version: version > is that of the program, and nothing is said of the system',
      },
    ],
  },
};

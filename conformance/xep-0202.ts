import type { Specification } from './requirement.js';

export const XEP_0202: Specification = {
  xep: '0202',
  name: 'Entity Time',
  version: '2.0',
  scope: 'The component tells its own time.',
  sections: {
    '2 Protocol': [
      {
        says: 'An empty `time` in an IQ of type get asks for it',
        done: [
          'time: time > is that of the clock, to the second, with the offset of this machine',
          'time: time > asked with something in it is a bad request',
        ],
      },
      {
        MUST: '`tzo` is the offset from UTC, by XEP-0082',
        done: [
          'time: time > is that of the clock, to the second, with the offset of this machine',
          'time: hostile twins > bad-time-result-tzo-name',
        ],
      },
      {
        MUST: '`utc` is the time in UTC, by XEP-0082',
        done: [
          'time: time > is that of the clock, to the second, with the offset of this machine',
          'time: hostile twins > bad-time-result-utc-with-offset',
        ],
      },
    ],
    '4 Determining Support': [
      {
        MUST: 'disco#info has the feature urn:xmpp:time',
        done: 'component: what is announced > of the component has urn:xmpp:time',
      },
    ],
  },
};

import type { Specification } from './requirement.js';

export const XEP_0082: Specification = {
  xep: '0082',
  name: 'XMPP Date and Time Profiles',
  version: '1.1.1',
  scope: 'Times in XEP-0202, XEP-0323 and in forms.',
  sections: {
    '3.1 Date': [
      {
        MUST: 'A date is an xs:date',
        done: ['sensor-codec: examples > fields-dates', 'sensor-codec: examples > bad-item-date'],
      },
    ],
    '3.2 DateTime': [
      {
        MUST: 'A dateTime has a zone, `Z` or an offset of hours and minutes',
        done: [
          'times: a moment > is written in UTC, with milliseconds only where there are any',
          'time: hostile twins > bad-time-result-utc-without-zone',
        ],
      },
      {
        says: 'A time without zone is none',
        otherwise:
          'XEP-0323 lets devices leave the zone out, and they do: their times are read in the zone of the Thing, and are served with one.',
        shown: 'zones: a reading without zone is stored at the instant at which the clocks of its Thing showed that',
      },
      { MAY: 'Fractions of a second may be ignored', done: 'times: a moment > 2013-03-07T16:24:30.9999Z' },
    ],
    '3.3 Time': [
      {
        MAY: 'A time may have a zone and a fraction',
        done: ['sensor-codec: examples > fields-times', 'sensor-codec: examples > bad-item-time'],
      },
    ],
    '4 Legacy format': [
      {
        SHOULD: 'CCYYMMDDThh:mm:ss is understood in namespaces that had it before',
        others: 'protocols that had it; none is spoken here, and it is refused by name',
      },
      {
        MUST: 'New protocols use the formats above',
        done: [
          'time: hostile twins > bad-time-result-utc-legacy',
          'times: a moment > is written in UTC, with milliseconds only where there are any',
        ],
      },
    ],
  },
};

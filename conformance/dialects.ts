import type { Dialect } from './requirement.js';

const examples = (...names: readonly string[]) => names.map((name) => `sensor-codec: examples > ${name}`);
const refusals = (...names: readonly string[]) => names.map((name) => `sensor-codec: hostile twins > ${name}`);

/**
 * How peers write what the specifications have otherwise: those of earlier versions, and those with habits of their
 * own. What can be meant in one way only is read; the rest is refused, and the refusal names it. We write the present
 * form alone.
 */
export const DIALECTS: readonly Dialect[] = [
  {
    xep: '0323',
    written: '`identification` for the field type `identity` (prose and an example of all versions)',
    understood: '`identity`',
    tests: examples('dialect-fields-identification', 'req-identification'),
  },
  {
    xep: '0323',
    written: '`<timeSpan/>` with an xs:duration (before 0.3)',
    understood: '`<duration/>`',
    tests: examples('dialect-fields-time-span'),
  },
  {
    xep: '0323',
    written: '`<timeSpan/>` with a clock (`02:03:04`) or a number',
    understood: undefined,
    refused:
      'hours and minutes or minutes and seconds; seconds or milliseconds: the field is refused, the others stand',
    tests: examples('bad-dialect-time-span-of-a-clock'),
  },
  {
    xep: '0323',
    written: '`<rejected/>` for a refusal (before 0.3), as a result, as an error that is none, or beside one',
    understood: 'a refusal in its words',
    tests: "sensor-requests: a device's answer > rejected *",
  },
  {
    xep: '0323',
    written: 'the namespace `urn:xmpp:sn` (0.1), in an IQ',
    understood: undefined,
    refused: 'service-unavailable, naming the namespace: an answer in ours would not be understood',
    tests: 'sensor-dialects: the namespace of version 0.1 > is refused by name in an IQ',
  },
  {
    xep: '0323',
    written: 'the namespace `urn:xmpp:sn` (0.1), in a message',
    understood: undefined,
    refused: 'passed over, as is any message that nobody here understands',
    tests: 'sensor-dialects: the namespace of version 0.1 > is passed over in a message',
  },
  {
    xep: '0323',
    written: 'children with `xmlns=""`, or left in the namespace of the stream behind a prefix',
    understood: 'as of the namespace of their payload',
    tests: [
      ...examples(
        'dialect-fields-children-without-namespace',
        'dialect-fields-children-of-stream',
        'dialect-failure-children-without-namespace',
        'dialect-req-children-without-namespace',
      ),
    ],
  },
  {
    xep: '0323',
    written: 'prefixes on all elements',
    understood: 'as without',
    tests: examples('dialect-fields-prefixed'),
  },
  {
    xep: '0323',
    written: 'children of a request in another namespace',
    understood: undefined,
    refused: 'bad-request, naming element and namespace',
    tests: refusals('bad-dialect-req-child-of-another-version', 'bad-req-foreign-child'),
  },
  {
    xep: '0323',
    written: 'elements of another namespace among fields',
    understood: 'an extension, passed over',
    tests: examples('fields-unknown-extension'),
  },
  {
    xep: '0323',
    written: '`seqnr` with leading zeros, `+` or spaces around it',
    understood: 'the number; it is echoed to the letter, less the spaces',
    tests: examples(
      'req-leading-zeros',
      'dialect-req-seqnr-plus',
      'dialect-req-seqnr-spaces',
      'dialect-fields-seqnr-plus',
    ),
  },
  {
    xep: '0323',
    written: '`seqnr` in words, hexadecimal, with a fraction, empty',
    understood: undefined,
    refused: 'bad-request with the value',
    tests: refusals(
      'bad-dialect-req-seqnr-in-words',
      'bad-dialect-fields-seqnr-in-words',
      'bad-req-seqnr-hexadecimal',
      'bad-req-seqnr-fraction',
      'bad-req-seqnr-empty',
    ),
  },
  {
    xep: '0323',
    written: 'readings in messages of type normal, chat, headline, groupchat, or of a type that is none',
    understood: 'as in one without a type',
    tests: 'sensor-dialects: the type of a message > brings readings as none does: *',
  },
  {
    xep: '0323',
    written: 'readings in messages of type error',
    understood: undefined,
    refused: 'something of ours that came back; an error is never answered',
    tests: 'sensor-dialects: the type of a message > error brings none',
  },
  {
    xep: '0323',
    written: '`<fields/>` or `<failure/>` in the result of the IQ that asked',
    understood: '`accepted`, and then the same in a message',
    tests: [
      'sensor-dialects: the result of the IQ that asked > may have the readings in it, and that they are all',
      'sensor-dialects: the result of the IQ that asked > may have some of the readings in it, of which messages bring the rest in order',
      'sensor-dialects: the result of the IQ that asked > may have a failure in it',
    ],
  },
  {
    xep: '0323',
    written: '`<req/>` in a message',
    understood: undefined,
    refused: 'passed over: an answer needs the id of an IQ',
    tests: 'sensor-dialects: a request that is no IQ > is passed over: an answer needs the id of an IQ',
  },
  {
    xep: '0323',
    written: 'a list of nodes as `<ids/>` (the prose of all versions)',
    understood: undefined,
    refused: 'bad-request, naming it: no version says what is in it',
    tests: refusals('bad-dialect-req-ids'),
  },
  {
    xep: '0323',
    written: 'requests as IQ set, and `cancel` as either',
    understood: 'as get',
    tests: ['sensor-requests: a request > is taken as *', 'sensor-requests: a request > for later is queued'],
  },
  {
    xep: '0323',
    written: 'times without a zone',
    understood: 'times of the zone of the Thing',
    tests: [
      'zones: a reading without zone is stored at the instant at which the clocks of its Thing showed that',
      'sensor-codec: examples > dialect-fields-time-without-zone',
    ],
  },
  {
    xep: '0323',
    written: 'a date alone',
    understood: 'its midnight',
    tests: examples('dialect-fields-date-alone'),
  },
  {
    xep: '0323',
    written: 'a space for the `T` of a time, no colon in its zone (`2013-03-07 16:24:30+0100`)',
    understood: '`2013-03-07T16:24:30+01:00`',
    tests: examples('dialect-fields-time-with-space', 'dialect-fields-zone-without-colon', 'dialect-req-times'),
  },
  {
    xep: '0323',
    written: 'days and months in another order, seconds since 1970, times without seconds, the format of XEP-0091',
    understood: undefined,
    refused: 'the items of that time are refused with it',
    tests: [...examples('bad-dialect-time-in-another-order'), ...refusals('bad-dialect-req-time-of-another-order')],
  },
  {
    xep: '0323',
    written: 'a comma before decimals (`23,4`, `0,250`, `1234,567`)',
    understood: 'a point',
    tests: [...examples('dialect-fields-comma'), 'sensor-dialects: a comma > is a point in *'],
  },
  {
    xep: '0323',
    written: 'a comma that may stand between thousands (`1,234`), or beside a point (`1.234,5`)',
    understood: undefined,
    refused: 'one and a bit, or a thousand and some: the field is refused with its value',
    tests: [...examples('bad-dialect-comma-in-doubt'), 'sensor-dialects: a comma > stays in *'],
  },
  {
    xep: '0323',
    written: 'booleans as `1` and `0`',
    understood: '`true` and `false`; the value of a field is kept as written',
    tests: examples('dialect-fields-booleans-as-numbers'),
  },
  {
    xep: '0323',
    written: 'booleans as `True`, `TRUE`, `yes`, `on`',
    understood: undefined,
    refused: 'no xs:boolean: the field is refused, a request bad-request, with the value',
    tests: [
      ...examples('bad-dialect-boolean-in-words', 'bad-item-boolean'),
      ...refusals('bad-dialect-req-boolean-in-words'),
    ],
  },
  {
    xep: '0323',
    written: 'nodes without `nodeId`, fields without unit, type or quality',
    understood: 'the Thing that stands alone; no unit; momentary; automaticReadout',
    tests: [
      ...examples('fields-smack-device'),
      'devices: a device > that names no types: its values count as momentary',
      'sensor-data: a field without a quality > counts as automaticReadout',
    ],
  },
  {
    xep: '0347',
    written: 'requests as IQ get',
    understood: 'as set',
    tests: 'registry-live: asked by IQs of type get, the registry > *',
  },
  {
    xep: '0347',
    written: 'tags with `xmlns=""`, or left in the namespace of the stream',
    understood: 'as of the namespace of their request',
    tests: 'registry-codec: examples > dialect-register-tags-without-namespace',
  },
  {
    xep: '0347',
    written: 'names of tags in lower case, numbers and booleans with spaces around them',
    understood: 'names in upper case, less the spaces',
    tests: 'registry-codec: examples > register-loose',
  },
  {
    xep: '0347',
    written: 'a full JID where a bare one is meant',
    understood: 'its bare JID',
    tests: 'registry-codec: examples > remove-spelt-differently',
  },
  {
    xep: '0347',
    written: 'a comma before decimals of a tag',
    understood: undefined,
    refused: 'a claim has to give exactly what was registered, so no spelling of it is mended',
    tests: 'registry-codec: hostile twins > bad-register-number-comma',
  },
];

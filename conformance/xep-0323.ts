import type { Specification } from './requirement.js';

export const XEP_0323: Specification = {
  xep: '0323',
  name: 'Internet of Things - Sensor Data',
  version: '0.6',
  scope:
    'The component is a client of devices and a device toward readers. What a device itself does is done by the library for devices (src/device), and what a reader does by that for clients (src/client).',
  sections: {
    '2 Glossary': [
      {
        says: 'Fields are unique by node, name and timestamp',
        otherwise:
          'By type and unit as well: two types of one name would overwrite each other, and a Thing that changes from °C to °F starts another series.',
        shown: 'sensor-pushes: a push > that was stored before gets a receipt too',
      },
      {
        says: 'All who parse and deliver fields retain the number of decimals',
        done: [
          'sensor-properties: gives readings back to the character',
          'history: history > has the types that each field had, less momentary, and those that its time earns',
        ],
      },
    ],
    '3 Use Cases': [
      {
        says: 'The client asks by `req` with a sequence number of its own choice',
        done: 'sensor-requests: a request > is accepted before anything else, passed to the device and answered from the address asked',
      },
      {
        says: "The number should be unique among the client's requests",
        done: [
          'rules: sequence numbers > are of 2^30 to 2^31 - 1, and none comes twice',
          'read-outs: sequence numbers > that are open for the session cannot be used again, and are free after the end',
        ],
      },
      {
        says: 'The device uses it in all messages to the client',
        done: 'sensor-requests: a request > is accepted before anything else, passed to the device and answered from the address asked',
      },
      {
        says: 'The request says by field types roughly what is wanted',
        done: ['sensor-codec: examples > table-req-*', 'read-outs: what is asked of a device > for one type'],
      },
      {
        says: 'No field type is named: what is wanted follows from the context',
        done: 'read-outs: what is asked of a device > for no type: all but history',
      },
      {
        says: '`from` and `to` bound historical values',
        done: [
          'history: history > comes oldest first, however it arrived, bounds included',
          'history: history > has bounds, live values have none',
        ],
      },
      {
        says: '`when` asks for a read-out at a given time',
        done: 'queue: a request for later > is queued, begins at its time and says so',
      },
      {
        says: 'Nodes restrict the read-out to them',
        done: [
          'read-outs: of several Things > each is read beside the others, and done comes once',
          'history: history > of a node is of that node, and of one that never was a failure',
        ],
      },
      {
        says: 'Without nodes all devices of the JID are meant',
        otherwise:
          "Behind the component's JID are everybody's Things: the asker's own and those shared with the asker by JID are meant.",
        shown:
          "read-outs: a request without nodes > means the asker's own Things and those shared by JID, not those shared otherwise",
      },
      {
        says: 'The list of nodes is called `ids` in the prose',
        otherwise: 'The examples and the schema have `node` elements; an element `ids` is refused by name.',
        shown: 'sensor-codec: hostile twins > bad-dialect-req-ids',
      },
      {
        says: 'The device need not follow the hints',
        done: 'devices: a device > that sends fields nobody asked for, and history: stored, not passed on',
      },
      {
        MUST: 'The client filters the response by what it had asked',
        done: [
          'devices: a device > that sends fields nobody asked for, and history: stored, not passed on',
          'history: history > is of the types and names asked for, and no others',
        ],
      },
      {
        says: 'A request that is taken is answered `accepted`',
        done: 'sensor-requests: a request > is accepted before anything else, passed to the device and answered from the address asked',
      },
      { says: '`queued` says that the read-out comes later', done: 'sensor-requests: a request > for later is queued' },
      {
        says: 'A busy device may queue a request',
        otherwise:
          'The component always answers at once; what waits for a device waits here, and ends as a failure where that takes too long.',
        shown: [
          'read-outs: limits > of questions to one device at once: the others wait',
          'read-outs: limits > of waiting for a busy device',
        ],
      },
      {
        says: 'There is no guarantee that it begins exactly at the time',
        done: 'queue: a request for later > survives a restart, and begins late rather than never',
      },
      {
        says: '`accepted` can be left out where data follows at once',
        otherwise: 'We never leave it out: an IQ must be answered (RFC 6120). Devices may.',
        shown: 'devices: a device > that answers before, or without, accepting',
      },
      {
        says: 'A client that gets data before `accepted` takes the request for accepted',
        done: 'devices: a device > that answers before, or without, accepting',
      },
      {
        says: 'Of a queued request `started` says that it begins, with the same number',
        done: 'queue: a request for later > is queued, begins at its time and says so',
      },
      {
        says: '`started` should be left out where the request was not queued',
        done: 'sensor-requests: a request > is accepted before anything else, passed to the device and answered from the address asked',
      },
      {
        MUST: 'The client does not count on `started` where it was not queued',
        done: 'devices: a device > that answers in one message with done',
      },
      {
        says: 'Partial results come as `fields` messages with the number of the request',
        done: [
          'devices: a device > that answers in many messages, and done in one of its own',
          'history: a long history > comes in messages of bounded size, whole and in order',
        ],
      },
      {
        says: "At its end comes `done`, or `done='true'` on the last `fields`",
        otherwise:
          'We send the latter, on a message without fields, and never the former: one library has no handler for `done`, another loses data that comes with it. From devices both are taken.',
        shown: [
          'sensor-requests: a request > is accepted before anything else, passed to the device and answered from the address asked',
          'devices: a device > that answers in many messages, and done in one of its own',
          'devices: a device > that answers in one message with done',
        ],
      },
      {
        says: 'The device may never answer, though it accepted; the client has to live with that',
        done: [
          'devices: a device > that never answers is woken, and given up at the deadline',
          'devices: a device > that never ends keeps what it sent',
        ],
      },
      {
        says: 'A failure is sent instead of fields, with the errors met',
        done: ['sensor-codec: examples > failure-several', 'devices: a device > that fails as a whole'],
      },
      {
        says: 'Several `fields` and `failure` messages may come',
        done: [
          'sensor-pushes: what answers a question of ours > may be data, failure and done, dealt with in their order',
          'devices: a device > that fails for some nodes: failures wait until all data is out',
        ],
      },
      {
        says: 'The device can reject a request',
        done: [
          'devices: a device > that refuses',
          'sensor-requests: a refusal > of a Thing that one may see and not read',
        ],
      },
      {
        says: 'A queued request can be cancelled',
        done: [
          'sensor-requests: a request > for later is queued',
          'queue: a request for later > can be cancelled, once',
        ],
      },
      {
        says: 'Of a read-out that has begun the device may choose whether a cancel ends it',
        done: 'read-outs: cancel > ends a read-out without another word; what the device still sends is kept',
      },
      {
        MUST: 'Sequence numbers of different clients are told apart by their JIDs',
        done: [
          'sensor-data: the same seqnr > of two clients is two read-outs, each answered under it',
          'sensor-live: a device with manners of its own > is told nothing of a cancel, and asked again without more ado',
        ],
      },
    ],
    '3.1 Request Read-out of momentary values': [
      {
        says: '`req` in an IQ; `accepted` in its result; `fields` in a message',
        done: [
          'sensor-codec: examples > example-01-*',
          'sensor-requests: a request > is accepted before anything else, passed to the device and answered from the address asked',
        ],
      },
    ],
    '3.2 Read-out failure': [
      {
        says: '`failure` in a message, with `done` and an `error` a node and time',
        done: ['sensor-codec: examples > example-02-failure', 'devices: a device > that fails as a whole'],
      },
    ],
    '3.3 Read-out rejected': [
      {
        says: 'A rejection is an IQ error, with a text where there is something to say',
        done: ['sensor-requests: a refusal > of a node that is not there', 'sensor-codec: examples > example-03-error'],
      },
      {
        says: 'Lack of privileges is `forbidden`',
        done: 'sensor-requests: a refusal > of a Thing that one may see and not read',
      },
      {
        says: 'The recommended type of that error is cancel',
        otherwise:
          'RFC 6120 section 8.3.3.4 has auth for forbidden, which clients take as final too. Either is taken from devices.',
        shown: [
          'sensor-requests: a refusal > of a Thing that one may see and not read',
          'sensor-codec: examples > table-rejected-forbidden',
        ],
      },
      {
        says: 'An item or source that is not there is `item-not-found`, type cancel',
        done: 'sensor-requests: a refusal > of a node that is not there',
      },
      { says: 'A malformed request is `bad-request`, type modify', done: 'sensor-requests: a refusal > of bad-req-*' },
      {
        says: 'A request to a concentrator without nodes may be refused as malformed',
        otherwise: "It means the asker's own Things; who has none is told item-not-found and to name nodes.",
        shown: 'sensor-requests: a refusal > of one who has no Things',
      },
    ],
    '3.4 Read-out all': [
      {
        says: "`all='true'` with `when`: accepted as queued, then started, several fields, done",
        done: [
          'sensor-codec: examples > example-04-*',
          'queue: a request for later > is queued, begins at its time and says so',
        ],
      },
    ],
    '3.5 Read-out of multiple devices': [
      {
        says: 'Several `node` elements in a request; several `node` elements in `fields`',
        done: [
          'sensor-codec: examples > example-05-*',
          'read-outs: of several Things > each is read beside the others, and done comes once',
        ],
      },
    ],
    '3.6 Read-out of specific fields': [
      {
        says: '`field` elements name the fields of interest; without them all are',
        done: [
          'sensor-codec: examples > example-06-*',
          'sensor-data: field elements > name what is given, and without them all is',
        ],
      },
      {
        says: 'The device need not keep to them',
        done: 'read-outs: what is asked of a device > is in the least form: no node for a Thing that stands alone, no names of fields',
      },
    ],
    '3.7 Cancelling a scheduled read-out request': [
      {
        says: '`cancel` with the number, answered `cancelled`',
        done: ['sensor-requests: a request > for later is queued', 'sensor-codec: examples > example-08-*'],
      },
    ],
    '4 Determining Support': [
      {
        MUST: 'disco#info has the feature urn:xmpp:iot:sensordata',
        done: [
          'sensor-requests: is a protocol whose features are those of XEP-0323 and XEP-0184, everywhere',
          'device: service discovery > tells what it is',
        ],
      },
      {
        SHOULD: 'Support is found by entity capabilities (XEP-0115) where possible',
        not: 'Capabilities come with presence, which many devices do not share and no server repeats after a restart of the component. The request itself is the discovery; see the next line.',
      },
      {
        SHOULD: 'Without capabilities, explicit service discovery is used',
        otherwise:
          'The question is the discovery: a session that answers service-unavailable or feature-not-implemented is passed over, which saves battery-powered devices a round trip.',
        shown: 'devices: where a device is > skips sessions that answer no such questions, and keeps them',
      },
    ],
    '5.1 String lengths': [
      { says: 'Names are not shortened', done: 'sensor-schema: has the elements that are spoken' },
    ],
    '5.2 Enumerations vs. Strings': [
      {
        says: 'Field names and units are free strings',
        done: 'sensor-properties: gives readings back to the character',
      },
      {
        says: 'Consumers need to convert units',
        done: 'units: a reader that asks for another unit > gets history in it, exactly, while what is stored is as it was reported',
      },
    ],
    '5.3 Asynchronous feedback': [
      {
        says: 'The client collects all messages until it is done',
        done: [
          'devices: a device > that answers in many messages, and done in one of its own',
          'client: reading > brings the fields one by one, exactly as the device wrote them',
        ],
      },
    ],
    '5.4 Field Value Data Types': [
      {
        says: '`boolean` is true or false',
        done: ['sensor-codec: examples > table-value-types', 'sensor-codec: examples > bad-item-boolean'],
      },
      {
        MUST: '`date` is an xs:date',
        done: ['sensor-codec: examples > fields-dates', 'sensor-codec: examples > bad-item-date'],
      },
      {
        MUST: '`dateTime` is an xs:dateTime',
        done: ['sensor-codec: examples > fields-dates', 'sensor-codec: examples > bad-item-dateTime'],
      },
      {
        says: 'Time and zone of a `dateTime` are optional; without a zone it is undefined',
        done: 'sensor-codec: examples > fields-dates',
      },
      {
        MUST: '`duration` is an xs:duration',
        done: ['sensor-codec: examples > fields-times', 'sensor-codec: examples > bad-item-duration'],
      },
      {
        says: '`enum` has a string value and a data type',
        done: ['sensor-codec: examples > table-value-types', 'sensor-codec: examples > bad-item-enum'],
      },
      {
        says: '`int` is of 32 bits',
        done: ['sensor-codec: examples > fields-numbers', 'sensor-codec: examples > bad-item-int'],
      },
      {
        says: '`long` is of 64 bits',
        done: ['sensor-codec: examples > fields-numbers', 'sensor-codec: examples > bad-item-long'],
      },
      {
        says: '`numeric` has a number and an optional unit',
        done: ['sensor-codec: examples > fields-no-unit', 'sensor-codec: examples > bad-item-numeric'],
      },
      {
        says: 'Everybody in the chain retains the number of decimals: 10 is not 10.00',
        done: 'sensor-data: decimals > are passed on, stored and served as they were written',
      },
      { says: '`string` is an arbitrary string', done: 'sensor-codec: examples > fields-text' },
      {
        MUST: '`time` is an xs:time',
        done: ['sensor-codec: examples > fields-times', 'sensor-codec: examples > bad-item-time'],
      },
    ],
    '5.5 Harmonization with XEP-0325 (Control)': [
      {
        says: 'Types and parameters of XEP-0325 map to these',
        others: 'devices with control parameters; the component carries any field',
      },
    ],
    '5.6 Field Types': [
      { says: 'Field types are not exclusive', done: 'sensor-codec: examples > table-field-types' },
      {
        MUST: 'Several types in a request mean their union',
        done: [
          'history: history > is of the types and names asked for, and no others',
          'sensor-data: several field types > in a request mean all fields of at least one of them',
        ],
      },
      {
        says: 'Several types on a field mean that it is all of them',
        done: 'history: history > has the types that each field had, less momentary, and those that its time earns',
      },
      {
        says: '`computed` is a value that is computed',
        done: 'computed: peak and computed with a period > come in order of time with the values at the shifts, and are asked of no device',
      },
      {
        says: '`historicalSecond` to `historicalYear` are stored at the shift of their period, and are those of the shorter ones too',
        done: ['rules: types of history > *', 'shifts: shifts > of a week, from Monday (Asia/Kathmandu)'],
      },
      { says: '`historicalWeek` begins on Monday', done: 'shifts: shifts > of a week, from Monday (Asia/Kathmandu)' },
      {
        says: '`historicalOther` is for when the period is not important',
        done: 'rules: types of history > 2026-01-01T12:30:30.001Z',
      },
      {
        says: '`identity` is a value that identifies',
        done: ['sensor-codec: examples > table-req-identity', 'sensor-codec: examples > dialect-fields-identification'],
      },
      {
        says: '`momentary` is measured at the time of the read-out',
        done: 'history: history > of all types asks the device for what is live, and passes nothing on twice',
      },
      {
        says: '`peak` is a maximum or minimum during a period',
        done: 'computed: peak and computed with a period > come in order of time with the values at the shifts, and are asked of no device',
      },
      { says: '`status` is a status of something', done: 'sensor-codec: examples > table-req-status' },
      {
        says: '`all` is the same as all types',
        done: [
          'sensor-codec: examples > table-req-all',
          'history: history > of all types asks the device for what is live, and passes nothing on twice',
        ],
      },
      { says: '`historical` is all types of historical values', done: 'sensor-codec: examples > table-req-historical' },
      {
        says: 'A device may report all historical values',
        done: 'devices: a device > that sends fields nobody asked for, and history: stored, not passed on',
      },
      {
        says: 'It should keep to the interval that was asked',
        done: 'history: history > comes oldest first, however it arrived, bounds included',
      },
    ],
    '5.7 Field Quality of Service Values': [
      {
        says: 'Fields have a quality of service where that matters',
        done: [
          'sensor-codec: examples > table-qualities',
          'device-fields: fields > says momentary and automatic where nothing else is said',
        ],
      },
      {
        says: 'Without one, automaticReadout is assumed',
        done: 'sensor-data: a field without a quality > counts as automaticReadout',
      },
      { says: 'Flags can be combined', done: 'sensor-codec: examples > table-qualities' },
      {
        says: 'An estimate does not overwrite a read-out, nor that a signed value, nor that an invoiced one',
        done: [
          'sensor-pushes: a push > gives way to more trust only',
          'sensor-data: the order of trust > is that of the table: what is less trusted never replaces',
        ],
      },
      {
        says: '`signed` beside it makes the same flag more reliable',
        done: 'sensor-pushes: a push > gives way to more trust only',
      },
      {
        says: '`timeOffset`, `warning`, `error`, `endOfSeries`, `powerFailure` stand in the list "in order of importance"',
        otherwise: 'They say something about the value and not how far to trust it: they are kept and do not rank.',
        shown: 'sensor-data: flags that say nothing of trust > do not keep a value from being replaced: *',
      },
    ],
    '5.7.1 Estimates vs. Readouts': [
      { says: 'Estimates are flagged as such', others: 'the device, which alone knows' },
    ],
    '5.8 Subnodes and supernodes': [
      {
        says: 'A read-out of a node may bring its subnodes too',
        done: [
          'read-outs: names > of further nodes can be asked for',
          'read-outs: names > at the component repeat what was asked; the first node ever reported is the Thing itself',
        ],
      },
      {
        says: 'The client cannot expect only the nodes that it named',
        done: 'read-outs: names > of a node that is a Thing of its own are shown to who may read that one',
      },
    ],
    '5.9 Reading devices from large subsystems': [
      {
        says: 'sourceId and cacheType may be needed beside nodeId',
        done: [
          'sensor-codec: examples > req-node-triple',
          'sensor-requests: a request > names the node of a Thing behind a concentrator, whole',
        ],
      },
      {
        says: 'nodeId alone suffices where it is unique',
        done: 'rules: whose a node is > by its id alone, if only one has it',
      },
      {
        MUST: 'An ambiguous node means all nodes of that nodeId',
        otherwise:
          "Ids of the component are unique, so no request to it is ambiguous; in what a device reports, a nodeId of two of its Things is refused, since a value must not be stored as another's.",
        shown: 'rules: whose a node is > by its id alone, not if two have it',
      },
    ],
    '5.10 Reading controllable parameter values': [
      {
        says: '`writable` says whether a field is a control parameter; its absence says nothing',
        done: ['sensor-codec: examples > fields-writable', 'sensor-properties: gives readings back to the character'],
      },
    ],
    '6.1 Time Zones': [
      {
        says: 'Timestamps are xs:dateTime',
        done: ['sensor-codec: examples > fields-times', 'sensor-codec: examples > bad-item-timestamp'],
      },
      {
        says: 'Without a zone the client assumes its own, unless configured otherwise',
        done: [
          'zones: a reading without zone is stored at the instant at which the clocks of its Thing showed that',
          'zones: a zone of its own in the reading counts more, and that of a Thing more than the general one',
        ],
      },
      {
        says: 'A zone that was reported is propagated',
        otherwise:
          'The instant is: timestamps are served in UTC, with Z, since some libraries cannot read others. The offset reported is stored.',
        shown: [
          'sensor-codec: examples > req-zones',
          'zones: a zone of its own in the reading counts more, and that of a Thing more than the general one',
        ],
      },
    ],
    '6.2 Localized strings': [
      {
        says: '`module` and `stringIds` localise names',
        done: ['sensor-codec: examples > table-string-ids', 'sensor-properties: gives readings back to the character'],
      },
      {
        says: 'Machines use the unlocalised strings',
        done: 'history: history > is of the types and names asked for, and no others',
      },
      {
        MUST: '`stringIds` matches the regular expression',
        otherwise:
          'The expression demands a module before a seed; the text and the examples of the specification (`3||A1`) do not. Both are taken.',
        shown: ['sensor-codec: examples > table-string-ids', 'sensor-codec: examples > bad-item-string-ids'],
      },
    ],
    '7 Security Considerations': [
      {
        says: 'Communication should be restricted to friends',
        done: [
          'read-outs: rights > of passers-by',
          'device: read-outs > refuses strangers, a bad seqnr, an unknown node and a seqnr that is in use',
        ],
      },
      { says: 'A button and a LED may confirm a friendship', others: 'the device with a button and a LED' },
      {
        says: 'Tokens of provisioning servers go with requests, to be validated by the device',
        done: [
          'sensor-requests: a request > passes tokens on',
          'queue: a request for later > never brings a token to the disk',
        ],
      },
    ],
    '10 XML Schema': [
      {
        says: 'The schema names `identity` where prose and example have `identification`',
        otherwise: 'Both are read, `identity` is written.',
        shown: [
          'sensor-codec: examples > dialect-fields-identification',
          'sensor-codec: examples > req-identification',
        ],
      },
      {
        says: 'Elements and attributes are those of the schema',
        done: ['sensor-schema: has the elements that are spoken', 'sensor-schema: has the tables of types and flags'],
      },
    ],
  },
};

import type { Specification } from './requirement.js';

export const XEP_0004: Specification = {
  xep: '0004',
  name: 'Data Forms',
  version: '2.13.2',
  scope:
    "The component processes forms, in commands (XEP-0050) and in service discovery (XEP-0128) alone. How forms are shown and filled in is the client's.",
  sections: {
    '3 Protocol': [
      {
        SHOULD: '`x` is the child of a wrapper in an IQ, or of a message',
        done: 'forms: every answer to every command > was given',
      },
      {
        MAY: 'Title and instructions label a form',
        done: 'commands: a command > of one stage shows its form, and is run when that is complete',
      },
      {
        SHOULD: 'They have no line ends',
        done: 'forms: every answer to every command > has no line ends in titles, instructions, descriptions and fixed texts',
      },
      {
        MUST: '`x` has a type: form, submit, cancel or result',
        done: [
          "data-form: a data form > <x xmlns='jabber:x:data'/> is refused",
          "data-form: a data form > <x xmlns='jabber:x:data' type='reply'/> is refused",
          'forms: every answer to every command > has at least one field in each form, and a type',
        ],
      },
    ],
    '3.1 Form Types': [
      {
        MUST: 'Fields of a submission that are not understood are ignored',
        done: 'commands: hostile twins > a form with one field several times comes back marked; fields that there are not are passed over',
      },
      {
        MAY: 'Fields that are not required may be left out',
        done: 'commands: a command > of one stage shows its form, and is run when that is complete',
      },
      {
        MUST: 'Wrapper and id are kept from request to result',
        done: 'commands: a command > of one stage shows its form, and is run when that is complete',
      },
      {
        SHOULD: 'Forms and results come in IQs of type result, submissions in those of type set',
        done: 'commands: a command > of one stage shows its form, and is run when that is complete',
      },
      {
        SHOULD: 'A reply to a message copies its thread',
        others: 'those who send forms in messages; the component neither sends nor takes them there',
      },
    ],
    '3.2 The Field Element': [
      {
        SHOULD: 'A form has a field at least',
        done: 'forms: every answer to every command > has at least one field in each form, and a type',
      },
      {
        SHOULD: 'A description has no line ends, and stands in `desc` rather than in a fixed field',
        done: 'forms: every answer to every command > has no line ends in titles, instructions, descriptions and fixed texts',
      },
      {
        MUST: '`required` is empty, and marks what must be filled in',
        done: [
          'forms: every answer to every command > has nothing in <required/>',
          'commands: hostile twins > a form with a field that is missing comes back marked, its values kept',
        ],
      },
      {
        says: '`value` is the default in a form',
        done: 'commands: a command > on a Thing asks which, then for its form, then again before it does harm; back and forth',
      },
      {
        MUST: 'Only list-multi, jid-multi, text-multi and hidden have more than one value',
        done: 'forms: every answer to every command > gives several values only to fields that may have them',
      },
      {
        MUST: 'An option has one value, and stands in lists alone',
        done: 'forms: every answer to every command > gives options to lists alone, each with one value',
      },
      {
        MUST: 'A field that is not fixed has a `var`, unique in the form',
        done: [
          'forms: every answer to every command > names every field that is not fixed, once in its form',
          'command-codec: hostile twins > bad-field-without-var',
        ],
      },
      {
        MAY: 'A field has a label',
        done: 'commands: a command > on a Thing asks which, then for its form, then again before it does harm; back and forth',
      },
      {
        SHOULD: 'In a form each field has a type',
        done: 'forms: every answer to every command > gives every field of a form to fill in its type',
      },
      { says: 'In a submission types may be left out', done: 'command-codec: examples > next-with-thing' },
    ],
    '3.3 Field Types': [
      { says: '`boolean` is 0, 1, false or true', done: 'forms: booleans > are taken as true, false, 1 and 0: *' },
      {
        SHOULD: 'A value of a fixed field has no line ends',
        done: 'forms: every answer to every command > has no line ends in titles, instructions, descriptions and fixed texts',
      },
      {
        MUST: 'jid-single and jid-multi hold JIDs',
        otherwise:
          'No field is of these types: where a JID is wanted a domain or `*` may be given too, so they are texts, and are checked when submitted.',
        shown: 'forms: every answer to every command > gives every field of a form to fill in its type',
      },
      {
        MUST: 'Options differ in label and in value',
        done: 'forms: every answer to every command > gives options that differ in label and in value',
      },
      {
        MUST: 'Nobody chooses what is no option',
        otherwise:
          'Lists that are marked `open` (XEP-0122) take others: a Thing beyond those that fit into a list is still to be named.',
        shown:
          'commands: a command > on a Thing asks which, then for its form, then again before it does harm; back and forth',
      },
      {
        MUST: 'A type that is not known is text-single',
        done: 'data-form: a data form > is read past unknown types, and what is of other namespaces',
      },
      {
        SHOULD: 'Lines of text-multi are values of their own',
        done: 'claim-operation: the operation claim > makes a Thing the asker’s by lines',
      },
    ],
    '3.4 Multiple Items in Form Results': [
      {
        MUST: '`reported` comes before the items',
        done: 'forms: every answer to every command > puts nothing beside a table but the table: its columns first, with labels and types, then rows that have them all',
      },
      {
        MUST: 'There are no other fields beside them',
        done: 'forms: every answer to every command > puts nothing beside a table but the table: its columns first, with labels and types, then rows that have them all',
      },
      {
        MUST: 'Both have a field at least',
        done: 'forms: every answer to every command > puts nothing beside a table but the table: its columns first, with labels and types, then rows that have them all',
      },
      {
        SHOULD: 'Fields of `reported` have type and label, and no value',
        done: 'forms: every answer to every command > puts nothing beside a table but the table: its columns first, with labels and types, then rows that have them all',
      },
      {
        MUST: 'Each item has each field of `reported`',
        done: 'forms: every answer to every command > puts nothing beside a table but the table: its columns first, with labels and types, then rows that have them all',
      },
    ],
    '3.5 Incomplete Submission Forms': [
      {
        SHOULD: 'Only what was submitted is applied; the rest stays as it is',
        done: 'forms: what is left out > of an update stays as it is',
      },
    ],
    '4 Data Validation': [
      {
        SHOULD: 'Invalid data is answered not-acceptable',
        otherwise:
          'XEP-0050 has the form shown again, and its own errors; the faults stand in notes and at their fields.',
        shown: 'commands: hostile twins > a form with a field that is much too long comes back marked, its values kept',
      },
    ],
    '6 Service Discovery': [
      {
        MUST: 'Forms in a wrapper alone: the feature jabber:x:data is not announced',
        done: 'component: what is announced > of the component has no jabber:x:data: forms come in commands alone',
      },
    ],
  },
};

import type { Specification } from './requirement.js';

export const XEP_0122: Specification = {
  xep: '0122',
  name: 'Data Forms Validation',
  version: '1.0.2',
  scope: 'Forms of commands say what their fields take.',
  sections: {
    '3 Use Cases': [
      {
        MUST: '`validate` stands in a field',
        done: 'forms: every answer to every command > validates by one method and a datatype of XML Schema',
      },
    ],
    '3.1 Datatype Validation': [
      {
        MUST: 'The datatype is of XML Schema (`xs:`), registered, or `x:`',
        done: 'forms: every answer to every command > validates by one method and a datatype of XML Schema',
      },
    ],
    '3.2 Validation Methods': [
      {
        MUST: 'There is one method at most; `basic` is assumed',
        done: 'forms: every answer to every command > validates by one method and a datatype of XML Schema',
      },
      {
        MUST: 'Lists and text-multi with another method than basic are open as well',
        done: 'forms: every answer to every command > validates no list of many, and no text of many lines, by more than basic and open',
      },
      {
        says: '`basic`: what the datatype and the type of the field say',
        done: 'commands: hostile twins > a form with a field that is much too long comes back marked, its values kept',
      },
      {
        says: '`open`: others than the options may be given',
        done: 'commands: a command > on a Thing asks which, then for its form, then again before it does harm; back and forth',
      },
      {
        SHOULD: '`range` has min or max',
        done: 'forms: every answer to every command > bounds no texts by a range, and every range on one side at least',
      },
      {
        says: '`regex` and `list-range` bound further',
        not: 'No field needs them; clients that know them are few, and what is submitted is judged here in any case.',
      },
    ],
    '4.1 Required to Support': [
      {
        MUST: 'xs:string and `basic` are supported, and stand in for what is not known',
        others: 'the client that fills in the form',
      },
    ],
    '4.3 Internationalization': [
      {
        MUST: 'Datatypes do not depend on the language',
        done: 'forms: every answer to every command > validates by one method and a datatype of XML Schema',
      },
    ],
    '4.4 Form Submissions': [
      {
        MUST: 'A submitted form is not taken to have been validated',
        done: [
          'commands: hostile twins > a form with a field that is much too long comes back marked, its values kept',
          'commands: hostile twins > a form with one field several times comes back marked; fields that there are not are passed over',
        ],
      },
    ],
    '4.7 Validation Ranges': [
      {
        MUST: '`range` stands with ordered datatypes alone, never with xs:string',
        done: 'forms: every answer to every command > bounds no texts by a range, and every range on one side at least',
      },
    ],
  },
};

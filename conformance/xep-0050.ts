import type { Specification } from './requirement.js';

export const XEP_0050: Specification = {
  xep: '0050',
  name: 'Ad-Hoc Commands',
  version: '1.3.0',
  scope:
    'The component is a responder, at its own address and at those of Things. As a requester it is the library for clients.',
  sections: {
    '1.2 Concepts': [
      {
        says: 'Commands are executed by IQ, listed by service discovery',
        done: [
          'commands: commands are listed > with their addresses and labels, and described',
          'commands: a command > of one stage shows its form, and is run when that is complete',
        ],
      },
    ],
    '1.3 Prerequisites': [
      { says: 'Support implies support of data forms', done: 'forms: every answer to every command > was given' },
    ],
    '2.1 Discovering Support': [
      {
        says: 'disco#info has the feature http://jabber.org/protocol/commands',
        done: 'commands: commands are listed > with their addresses and labels, and described',
      },
    ],
    '2.2 Retrieving the Command List': [
      {
        says: 'The list is at the node http://jabber.org/protocol/commands, identity automation/command-list',
        done: 'commands: commands are listed > with their addresses and labels, and described',
      },
      {
        says: 'Each command is an item with its node, and its label as name',
        done: 'commands: commands are listed > with their addresses and labels, and described',
      },
      {
        says: 'The list may differ by requester',
        done: 'commands: commands are listed > by what the asker may run, and where',
      },
      {
        MUST: 'disco#info of a command has automation/command-node and the feature of commands',
        done: 'commands: commands are listed > with their addresses and labels, and described',
      },
      {
        SHOULD: 'It has the feature jabber:x:data too',
        done: 'commands: commands are listed > with their addresses and labels, and described',
      },
      {
        SHOULD: 'A command that is not available to the requester is forbidden',
        done: 'commands: commands are listed > to nobody who may not run them, nor where they are not',
      },
    ],
    '2.3 Announcing the Command List': [
      {
        says: 'The list may be pushed in a message',
        not: 'It is optional, and clients do nothing with it; the list can be asked for at any time.',
      },
    ],
    '2.4.1 Simple Execution': [
      {
        MAY: "`action='execute'` may be given, and is implied",
        done: ['command-codec: examples > execute-implied', 'command-codec: examples > execute'],
      },
      {
        says: 'A command that needs nothing is completed at once',
        done: "commands: a command > at the Thing's own address knows which Thing, and without a form needs one step less",
      },
      { says: 'The result may be a form', done: 'command-codec: examples > answer-table' },
    ],
    '2.4.2 Multiple Stages': [
      {
        says: 'A command that needs more answers with a form to fill in',
        done: 'commands: a command > on a Thing asks which, then for its form, then again before it does harm; back and forth',
      },
      {
        SHOULD: '`actions` says what is allowed at this stage',
        done: 'forms: every answer to every command > says what can be done next, and what of it `execute` is, while it goes on and no longer',
      },
      {
        says: 'The requester submits the form with node and sessionid',
        done: 'commands: a command > of one stage shows its form, and is run when that is complete',
      },
      {
        says: '`prev` goes back to the stage before',
        done: 'commands: a command > on a Thing asks which, then for its form, then again before it does harm; back and forth',
      },
      {
        MAY: 'Values are remembered on the way back',
        done: 'commands: a command > on a Thing asks which, then for its form, then again before it does harm; back and forth',
      },
    ],
    '2.4.3 Canceling': [
      {
        says: 'The requester may cancel a command of several stages',
        done: 'commands: a command > is canceled at any stage, and that is its end',
      },
      {
        MUST: 'The responder replies that it is canceled',
        done: 'commands: a command > is canceled at any stage, and that is its end',
      },
    ],
    '3.1 Defined/Required Command Nodes': [
      {
        says: 'There are no predefined or required commands',
        done: 'commands: commands are listed > by what the asker may run, and where',
      },
    ],
    '3.2 Command Nodes': [
      {
        says: 'The node of a command is exactly that of its item, and unique at its JID',
        done: [
          'commands: hostile twins > what is not there is not found',
          'commands: commands are listed > with their addresses and labels, and described',
        ],
      },
    ],
    '3.3 Session Lifetime': [
      {
        SHOULD: 'A sessionid is valid between one requester and one responder only',
        done: "commands: hostile twins > someone else's session, of any kind, is none, and stays as it was",
      },
      {
        says: 'The responder decides how long it lives',
        done: 'commands: hostile twins > a session that was left for ten minutes has expired',
      },
      {
        says: 'A session ends when it is completed or canceled',
        done: [
          'commands: a command > is canceled at any stage, and that is its end',
          'commands: a command > that the rules refuse is completed with an error, once',
        ],
      },
      {
        SHOULD: 'A sessionid is not used again',
        done: 'command-sessions: sessions of commands > have names that are not to be guessed from others',
      },
      {
        says: 'Each sessionid is unique',
        done: 'command-sessions: sessions of commands > have names that are not to be guessed from others',
      },
      {
        MUST: 'Where only one session of a command is allowed at a time, a second is not-allowed',
        otherwise:
          'Several are allowed, ten an account; a further one ends the one left alone longest, so that nobody is locked out by windows that he closed.',
        shown:
          'command-sessions: sessions of commands > are ten an account over all its resources; the one left alone longest gives way',
      },
    ],
    '3.4 Command Actions': [
      {
        SHOULD: 'Each result but the last has `actions`',
        done: 'forms: every answer to every command > says what can be done next, and what of it `execute` is, while it goes on and no longer',
      },
      {
        says: '`cancel` is always allowed',
        done: 'commands: a command > is canceled at any stage, and that is its end',
      },
      { says: 'Without `execute`, "next" is meant', done: 'command-codec: examples > answer-without-execute' },
      {
        SHOULD: '`execute` is one of the allowed actions',
        done: 'forms: every answer to every command > says what can be done next, and what of it `execute` is, while it goes on and no longer',
      },
      {
        says: '`actions` without `execute` and without `next` is invalid',
        done: 'forms: every answer to every command > says what can be done next, and what of it `execute` is, while it goes on and no longer',
      },
    ],
    '3.5 Command Payloads': [
      { says: 'The payload may be of any namespace', done: 'command-codec: examples > answer-completed' },
      {
        SHOULD: 'The requester answers a form by the submitted data',
        done: 'commands: hostile twins > a step without its form, or with one that was not submitted, is refused, and the session goes on',
      },
      {
        SHOULD: 'Payloads take precedence in their order',
        otherwise:
          'There is at most one form in an answer, and of a request with two neither is taken: which is meant is in doubt.',
        shown:
          'commands: hostile twins > a step without its form, or with one that was not submitted, is refused, and the session goes on',
      },
    ],
    '3.5.1 Use of Data Forms': [
      {
        SHOULD: 'The requester uses no type of form but submit',
        done: 'commands: hostile twins > a step without its form, or with one that was not submitted, is refused, and the session goes on',
      },
      {
        SHOULD: 'A form of type cancel is taken as submitted',
        done: 'commands: hostile twins > a step without its form, or with one that was not submitted, is refused, and the session goes on',
      },
    ],
    '3.6 Commands Successful/Failed': [
      {
        MUST: 'A command that completed and failed has a note of type error',
        done: 'commands: a command > that the rules refuse is completed with an error, once',
      },
    ],
    '3.7 Internationalization and Localization': [
      { SHOULD: 'The requester gives its language', others: 'the requester' },
      {
        SHOULD: 'A session uses one language only',
        done: 'forms: every answer to every command > has a status, a session and a language',
      },
      {
        SHOULD: 'The responder says its language in every response',
        done: 'forms: every answer to every command > has a status, a session and a language',
      },
      {
        SHOULD: 'A language that cannot be had is refused as bad-locale',
        otherwise:
          'Everything is answered in English, and says so: to refuse those who ask in another language would help nobody.',
        shown: 'commands: a command > says that it is in English',
      },
    ],
    '4.1 <command/> Element': [
      { MUST: '`node` is there', done: 'command-codec: hostile twins > bad-without-node' },
      {
        MUST: '`sessionid` is there from the second stage on; the responder makes it',
        done: [
          'forms: every answer to every command > has a status, a session and a language',
          'commands: hostile twins > a command that was never begun cannot go on',
        ],
      },
      { MUST: '`sessionid` is never empty', done: 'command-codec: hostile twins > bad-sessionid-empty' },
      {
        MUST: 'A `status` that the requester gives is ignored',
        done: 'command-codec: examples > status-of-requester-is-ignored',
      },
      {
        MUST: '`status` is executing, completed or canceled',
        done: [
          'forms: every answer to every command > has a status, a session and a language',
          'command-codec: hostile twins > bad-answer-status-unknown',
        ],
      },
      {
        SHOULD: '`action` is given by the requester alone',
        done: 'forms: every answer to every command > has a status, a session and a language',
      },
      {
        MUST: '`action` is execute, cancel, prev, next or complete',
        done: [
          'command-codec: hostile twins > bad-action-unknown',
          'command-codec: hostile twins > bad-action-in-wrong-case',
        ],
      },
      { SHOULD: '`xml:lang` is in the response', done: 'commands: a command > says that it is in English' },
    ],
    '4.2 <actions/> Element': [
      {
        SHOULD: 'It is there exactly while the command is being executed',
        done: 'forms: every answer to every command > says what can be done next, and what of it `execute` is, while it goes on and no longer',
      },
      {
        MUST: 'Its children are prev, next and complete',
        done: 'forms: every answer to every command > says what can be done next, and what of it `execute` is, while it goes on and no longer',
      },
    ],
    '4.3 <note/> Element': [
      {
        says: 'A note has a text for people',
        done: 'forms: every answer to every command > has notes of a type, with a text',
      },
      {
        MUST: 'Its type is info, warn or error; info is implied',
        done: [
          'forms: every answer to every command > has notes of a type, with a text',
          'command-codec: examples > answer-refused',
        ],
      },
    ],
    '4.4 Possible Errors': [
      {
        says: 'malformed-action: an action that is not understood',
        done: 'command-codec: hostile twins > bad-action-unknown',
      },
      {
        says: 'bad-action: one that cannot be accepted now',
        done: 'commands: hostile twins > a step out of order is refused, and the session goes on',
      },
      {
        says: 'bad-payload: a form that cannot be accepted',
        done: 'commands: hostile twins > a step without its form, or with one that was not submitted, is refused, and the session goes on',
      },
      {
        says: 'bad-payload where a required field is missing',
        otherwise:
          'The form is shown again with what was given and what is wrong by field: a person can go on, where an error would end the dialogue of many clients.',
        shown: 'commands: hostile twins > a form with a field that is missing comes back marked, its values kept',
      },
      {
        says: 'bad-sessionid: one that is not known',
        done: 'commands: hostile twins > a command that was never begun cannot go on',
      },
      {
        says: 'session-expired, not-allowed: one that is no longer active',
        done: [
          'commands: hostile twins > a session that was left for ten minutes has expired',
          'commands: a command > is canceled at any stage, and that is its end',
        ],
      },
      {
        says: 'forbidden, of type cancel: the requester may not execute it',
        done: 'commands: hostile twins > what one may not run is forbidden, and noted',
      },
      { says: 'item-not-found: no such command', done: 'commands: hostile twins > what is not there is not found' },
    ],
    '5 Security Considerations': [
      {
        MUST: "Only one's own command nodes are reported",
        done: 'commands: commands are listed > with their addresses and labels, and described',
      },
    ],
  },
};

import type { Specification } from './requirement.js';

export const XEP_0030: Specification = {
  xep: '0030',
  name: 'Service Discovery',
  version: '2.5.0',
  scope:
    'The component answers for itself and for the addresses of Things; bare JIDs of accounts are answered by their server.',
  sections: {
    '3.1 Basic Protocol (info)': [
      {
        MUST: 'Info is asked by an IQ of type get',
        done: [
          'disco: disco#info of the component > has the features of the whole table, each once, its own among them',
          'router: an IQ > with the wrong one of get and set is refused, and nobody is asked',
        ],
      },
      {
        MUST: 'The `query` of a request is empty',
        done: ['disco-codec: hostile twins > bad-info-with-feature', 'disco-codec: hostile twins > bad-info-with-text'],
      },
      {
        MUST: 'The target returns a result or an error',
        done: [
          'disco: disco#info of the component > knows no nodes',
          'disco: disco#info of the component > is for everyone, also those who may not use the component',
        ],
      },
      {
        MUST: 'A result has one identity or more, and one feature or more',
        done: [
          'disco: disco#info of the component > has the features of the whole table, each once, its own among them',
          'disco: disco#info of a Thing > says what it is, what can be done with it, and its tags',
        ],
      },
      {
        MUST: 'disco#info is among the features',
        done: 'component: what is announced > of the component has http://jabber.org/protocol/disco#info',
      },
      {
        MUST: 'An identity has category and type, and may have a name',
        done: [
          'disco: disco#info of a Thing > says what it is, what can be done with it, and its tags',
          'disco-codec: hostile twins > bad-info-result-identity-without-category',
          'disco-codec: hostile twins > bad-info-result-identity-without-type',
        ],
      },
      {
        MUST: 'A feature has a `var` and no children',
        done: [
          'disco-codec: hostile twins > bad-info-result-feature-without-var',
          'disco: disco#info of the component > has the features of the whole table, each once, its own among them',
        ],
      },
      {
        says: 'Each feature comes once',
        done: 'disco: disco#info of the component > has the features of the whole table, each once, its own among them',
      },
      {
        SHOULD: 'A JID that does not exist is item-not-found',
        done: 'disco: disco#info of a Thing > says the same to those who may not see it as of one that never was',
      },
      {
        SHOULD: 'Where privacy forbids to say so, service-unavailable is returned',
        otherwise:
          'item-not-found is the answer for what is not there and for what one may not see, the same to the byte, and so tells nothing either.',
        shown: 'scripted: what one may not see > is not there, to the byte: disco#info',
      },
      {
        MUST: 'For bare JIDs of accounts their server answers',
        others: 'the XMPP server; the addresses of Things are no accounts',
      },
    ],
    '3.2 Info Nodes': [
      {
        MAY: 'A request may name a node',
        done: 'commands: commands are listed > with their addresses and labels, and described',
      },
      {
        MUST: 'The response mirrors the node',
        done: [
          'disco: disco#info of the component > repeats an empty node, which is none',
          'disco: disco#items of the component > of a JID lists those of its Things that the asker may see',
        ],
      },
    ],
    '4.1 Basic Protocol (items)': [
      {
        MUST: 'Items are asked by an IQ of type get, with an empty `query`',
        done: 'disco-codec: hostile twins > bad-items-with-item',
      },
      {
        MUST: 'The answer is the list of publicly available items, or an error',
        done: "disco: disco#items of the component > lists the asker's own Things, those shared with it, then public ones, by their addresses",
      },
      {
        MUST: 'Each item has a `jid`, and may have a name',
        done: [
          "disco: disco#items of the component > lists the asker's own Things, those shared with it, then public ones, by their addresses",
          'disco-codec: hostile twins > bad-items-result-item-without-jid',
        ],
      },
      { SHOULD: 'An item is empty', done: 'disco-codec: examples > items-result' },
      {
        MUST: 'Without items the `query` is empty',
        done: [
          'disco: disco#items of the component > is empty where there is nothing to see',
          'disco: disco#info of a Thing > knows no nodes, and has no items',
        ],
      },
    ],
    '4.2 Items Nodes': [
      {
        SHOULD: 'An item has a node only where no JID of its own addresses it',
        done: [
          "disco: disco#items of the component > lists the asker's own Things, those shared with it, then public ones, by their addresses",
          'commands: commands are listed > with their addresses and labels, and described',
        ],
      },
      { MUST: 'A node is not null', done: 'disco: disco#info of the component > repeats an empty node, which is none' },
      {
        MUST: 'More of a node is asked at its JID, with the node',
        done: 'commands: commands are listed > with their addresses and labels, and described',
      },
    ],
    '4.3 Node Hierarchies': [
      {
        SHOULD: 'Hierarchies are shown by the category hierarchy',
        not: 'There is none: Things stand in one list, and those behind one JID under that JID as a node.',
      },
    ],
    '4.4 Item Ownership': [
      {
        MUST: 'Items are those that the entity owns or can vouch for',
        done: "disco: disco#items of the component > lists the asker's own Things, those shared with it, then public ones, by their addresses",
      },
    ],
    '6.2 Large lists': [
      {
        SHOULD: 'Extremely large lists are not returned',
        done: [
          'disco: disco#items of the component > in pages > gives 100 at most',
          'disco: disco#items of the component > in pages > says that there is more, even where no page was asked for',
        ],
      },
    ],
    '6.3 Consistency': [
      {
        SHOULD: 'The same identity for the same JID and node',
        done: 'disco: disco#info of the component > is for everyone, also those who may not use the component',
      },
    ],
    '7 Error Conditions': [
      {
        SHOULD: 'Who is refused is told by an appropriate error',
        done: 'disco: disco#items of the component > is not for those who may not use the component',
      },
      {
        MUST: 'No items is an empty list, and no error',
        done: 'disco: disco#items of the component > is empty where there is nothing to see',
      },
      {
        says: 'A node that is not there is item-not-found',
        done: 'disco: disco#items of the component > knows no other nodes: thing@example.org/imc',
      },
    ],
    '8 Security Considerations': [
      {
        MAY: 'The answer may differ by who asks',
        done: "disco: disco#items of the component > lists the asker's own Things, those shared with it, then public ones, by their addresses",
      },
      {
        MUST: 'Nothing lets others harvest what is not theirs to see',
        done: [
          'scripted: what one may not see > is not there, to the byte: disco#items',
          'disco: disco#items of the component > of closed@example.org, where there is nothing to see, is not found',
        ],
      },
    ],
  },
};

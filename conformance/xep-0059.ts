import type { Specification } from './requirement.js';

export const XEP_0059: Specification = {
  xep: '0059',
  name: 'Result Set Management',
  version: '1.0',
  scope: 'The component responds by pages in disco#items. Search has the paging of XEP-0347.',
  sections: {
    '2.1 Limiting the Number of Items': [
      {
        says: '`max` is how many items at most are wanted',
        done: [
          'disco: disco#items of the component > in pages > goes back, to the end, and to a place',
          'paging: a page > is no longer than the most',
        ],
      },
      {
        says: 'The responder may give fewer',
        done: 'disco: disco#items of the component > in pages > gives 100 at most',
      },
    ],
    '2.2 Paging Forwards': [
      {
        MAY: 'The list may change while it is paged through',
        done: 'paging: a page > goes on where it was when items before it have gone or come',
      },
      {
        MUST: 'A page has `first` and `last` with the unique ids of its ends',
        done: 'disco: disco#items of the component > in pages > says that there is more, even where no page was asked for',
      },
      {
        MUST: 'Of one item both are the same',
        done: 'disco: disco#items of the component > in pages > goes on after the last item',
      },
      {
        MUST: 'Of a page without items both are absent',
        done: [
          'paging: a page > of no items is the count',
          'paging: a page > at an index begins there, and beyond the end is empty',
        ],
      },
      { MUST: 'The requester treats ids as opaque', others: 'the requester' },
      { SHOULD: '`count` is the number of all items', done: 'disco: disco#items of the component > in pages > counts' },
      {
        SHOULD: '`first` has an index, 0 for the first of all',
        done: 'disco: disco#items of the component > in pages > says that there is more, even where no page was asked for',
      },
      {
        SHOULD: 'The index of the last page is the count less its items',
        done: 'disco: disco#items of the component > in pages > goes on after the last item',
      },
      {
        MUST: 'After `after` comes the item that follows that one',
        done: [
          'disco: disco#items of the component > in pages > goes on after the last item',
          'paging: page by page, forwards and backwards, gives each item once and in order',
        ],
      },
      {
        MUST: 'Of an empty list the answer is as the wrapping protocol has it',
        done: [
          'disco: disco#items of the component > is empty where there is nothing to see',
          'paging: a page > of an empty list is empty, and says no more',
        ],
      },
    ],
    '2.3 Paging Backwards': [
      {
        MUST: 'Before `before` comes the item that precedes that one',
        done: [
          'disco: disco#items of the component > in pages > goes back, to the end, and to a place',
          'paging: page by page, forwards and backwards, gives each item once and in order',
        ],
      },
    ],
    '2.4 Page Not Found': [
      {
        MUST: 'An id that is not in the list is item-not-found',
        done: [
          'disco: disco#items of the component > in pages > does not know an item that is not in the list',
          'paging: a page > is not there when the item that it follows is gone',
        ],
      },
    ],
    '2.5 Requesting the Last Page': [
      {
        MAY: 'An empty `before` is the last page',
        done: 'disco: disco#items of the component > in pages > goes back, to the end, and to a place',
      },
    ],
    '2.6 Retrieving a Page Out of Order': [
      {
        SHOULD: 'A page can be asked for by its index',
        done: 'disco: disco#items of the component > in pages > goes back, to the end, and to a place',
      },
      {
        MUST: '`first` then has that index',
        done: 'paging: a page > at an index begins there, and beyond the end is empty',
      },
      {
        MUST: 'Beyond the end the page is empty',
        done: 'paging: a page > at an index begins there, and beyond the end is empty',
      },
    ],
    '2.7 Getting the Item Count': [
      { says: '`max` of 0 asks for the count alone', done: 'disco: disco#items of the component > in pages > counts' },
    ],
    '4 Determining Support': [
      {
        says: 'disco#info has the feature http://jabber.org/protocol/rsm',
        done: 'disco: disco#info of the component > has the features of the whole table, each once, its own among them',
      },
      {
        MAY: 'Support is optional for each protocol',
        otherwise:
          'A list of more than a hundred items comes with a `set` where none was asked for: the asker could not know otherwise that there is more.',
        shown:
          'disco: disco#items of the component > in pages > says that there is more, even where no page was asked for',
      },
    ],
  },
};

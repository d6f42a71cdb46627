import type { Specification } from './requirement.js';

export const XEP_0128: Specification = {
  xep: '0128',
  name: 'Service Discovery Extensions',
  version: '1.0.1',
  scope: 'The address of a Thing says by a form what Thing it is.',
  sections: {
    '2 Recommendations': [
      {
        SHOULD: 'Each piece of information is a field of a form of type result in the `query`',
        done: [
          'disco: disco#info of a Thing > says what it is, what can be done with it, and its tags',
          'disco-codec: examples > info-result-of-thing',
        ],
      },
      {
        SHOULD: 'The form has a hidden FORM_TYPE',
        done: [
          'disco-codec: examples > info-result-of-thing',
          'data-form: a data form > is written with its FORM_TYPE first, hidden',
        ],
      },
      { MAY: 'A field may have several values', done: 'data-form: a data form > comes back as it was' },
      {
        MUST: 'Nothing is said of the children, in disco#items',
        done: "disco: disco#items of the component > lists the asker's own Things, those shared with it, then public ones, by their addresses",
      },
    ],
    '5 Security Considerations': [
      {
        SHOULD: 'What is told may be told to everyone who can ask',
        done: 'disco: disco#info of a Thing > says the same to those who may not see it as of one that never was',
      },
    ],
  },
};

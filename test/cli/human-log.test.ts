import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { humanLog } from '../../src/cli/human-log.js';

it('writes one line for one event, whatever a peer has put into it', () => {
  const out = new PassThrough().setEncoding('utf8');
  humanLog(out, 'info').warn({ why: 'a\u009b2J\nb', err: new Error('\u202ec') }, 'refused');
  expect(String(out.read())).toMatch(/^\d\d:\d\d:\d\d warning: refused \(why: a\ufffd2J\ufffdb, err: \ufffdc\)\n$/);
});

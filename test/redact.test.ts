import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedaction } from '../src/redact.js';

describe('redaction', () => {
  it('leaves the domain of an account, and the same word for the same account', () => {
    const redact = createRedaction();
    const line = redact('{"from":"ann@example.org/phone","to":"bob@example.org","again":"Ann@example.org"}');
    const [, from, to, again] = /^\{"from":"(.*)","to":"(.*)","again":"(.*)"\}$/.exec(line) ?? [];
    expect(from).toMatch(/^jid-[0-9a-f]{10}@example\.org$/);
    expect(to).toMatch(/^jid-[0-9a-f]{10}@example\.org$/);
    expect(to).not.toBe(from);
    expect(again).toBe(from);
  });

  it('says another word in another process', () => {
    const line = '"ann@example.org"';
    expect(createRedaction()(line)).not.toBe(createRedaction()(line));
  });

  it('leaves a line alone that names no account', () => {
    const line = '{"level":30,"service":"xmpp://127.0.0.1:5275","domain":"things.example.org","msg":"on line"}';
    expect(createRedaction()(line)).toBe(line);
  });

  it('leaves nothing of an account wherever it stands, and the line is JSON as before', () => {
    const redact = createRedaction();
    const local = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\s"&'/:<>@\\]|\p{C}/u.test(text));
    const resource = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(local, resource, (account, rest) => {
        const jid = `marker${account}@example.org/rest-${rest}`;
        const line = redact(JSON.stringify({ from: jid, msg: `of ${jid}`, err: { stack: `Error: ${jid}` } }));
        expect(line).not.toContain('marker');
        expect(line).not.toContain('rest-');
        expect(JSON.parse(line).from).toMatch(/^jid-[0-9a-f]{10}@example\.org$/);
      }),
    );
  });
});

import { createHmac, randomBytes } from 'node:crypto';

/**
 * Replaces accounts in lines of a log: of `ann@example.org/phone` the domain stays, and a word that is the same for the
 * same account as long as the process runs, and tells nobody which one it is. What stands in a line after the slash of a
 * full JID goes with it, up to the end of its string: a resource may have any characters.
 */
export function createRedaction(): (line: string) => string {
  const key = randomBytes(32);
  const wordFor = (account: string): string =>
    createHmac('sha256', key).update(account.toLowerCase()).digest('hex').slice(0, 10);
  return (line) =>
    line.replace(JID, (_, local: string, domain: string) => `jid-${wordFor(`${local}@${domain}`)}@${domain}`);
}

// No local part has white space or any of "&'/:<>@ in it (RFC 7622 section 3.3.1), and a backslash is written twice in JSON.
const JID = /([^\s"&'/:<>@]+)@([^\s"&'/:<>@,;()\\]+)(?:\/(?:[^"\\]|\\.)*)?/gu;

import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** The mechanisms that never show the password to the server, best first (RFC 5802, RFC 7677). */
export const SCRAM_MECHANISMS = {
  'SCRAM-SHA-512': 'sha512',
  'SCRAM-SHA-256': 'sha256',
  'SCRAM-SHA-1': 'sha1',
} as const;
export type ScramMechanism = keyof typeof SCRAM_MECHANISMS;

/** The client's side of one SCRAM exchange. Each step returns undefined for a peer that does not keep to the rules. */
export interface Scram {
  readonly first: string;
  /** The answer to the server's challenge. */
  answer(challenge: string): Promise<string | undefined>;
  /** Whether the server has proven that it knows the password, too. */
  verify(final: string): boolean;
}

/**
 * @param username, password prepared by SASLprep (RFC 4013)
 * @param nonce for tests: random unless told
 */
export function createScram(
  mechanism: ScramMechanism,
  username: string,
  password: string,
  nonce: string = randomBytes(24).toString('base64'),
): Scram {
  const hash = SCRAM_MECHANISMS[mechanism];
  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest();
  const bare = `n=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  let signature: Buffer | undefined;

  return {
    first: `${GS2_HEADER}${bare}`,

    async answer(challenge) {
      const read = readChallenge(challenge, nonce);
      if (read === undefined) return undefined;
      const length = createHash(hash).digest().length;
      const salted = await derive(password, read.salt, read.iterations, length, hash);
      const clientKey = hmac(salted, 'Client Key');
      const withoutProof = `c=${Buffer.from(GS2_HEADER).toString('base64')},r=${read.nonce}`;
      const exchange = `${bare},${challenge},${withoutProof}`;
      const proof = xor(clientKey, hmac(createHash(hash).update(clientKey).digest(), exchange));
      signature = hmac(hmac(salted, 'Server Key'), exchange);
      return `${withoutProof},p=${proof.toString('base64')}`;
    },

    verify(final) {
      const claimed = Buffer.from(/^v=([^,]+)/.exec(final)?.[1] ?? '', 'base64');
      return signature !== undefined && claimed.length === signature.length && timingSafeEqual(claimed, signature);
    },
  };
}

/** No channel binding. */
const GS2_HEADER = 'n,,';
const derive = promisify(pbkdf2);

/** A server that asks for more wants to keep us busy; 600,000 is what is recommended today. */
const MOST_ITERATIONS = 1_000_000;

function readChallenge(text: string, ours: string): { nonce: string; salt: Buffer; iterations: number } | undefined {
  const [, nonce = '', salt = '', count = ''] = /^r=([\x21-\x2b\x2d-\x7e]+),s=([^,]+),i=(\d+)/.exec(text) ?? [];
  const iterations = Number(count);
  const fresh = nonce.startsWith(ours) && nonce.length > ours.length;
  if (!fresh || iterations < 1 || iterations > MOST_ITERATIONS) return undefined;
  return { nonce, salt: Buffer.from(salt, 'base64'), iterations };
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AnyJid } from '../../domain/jid.js';

/** Names for sessions that cannot be guessed, and of which we can tell later that we gave them to whom. */
export interface SessionIds {
  create(asker: AnyJid): string;
  /** Whether we gave this name to this asker, since we started. */
  gave(id: string, asker: AnyJid): boolean;
}

/**
 * A name is chance and its seal: so that one that has ended is told from one that never was, and from somebody else's,
 * without remembering any.
 */
export function createSessionIds(): SessionIds {
  const key = randomBytes(32);
  const sealOf = (chance: string, asker: AnyJid): string =>
    createHmac('sha256', key).update(`${chance} ${asker}`).digest('base64url').slice(0, SEAL_LENGTH);
  return {
    create(asker) {
      const chance = randomBytes(12).toString('base64url');
      return chance + sealOf(chance, asker);
    },
    gave(id, asker) {
      const [chance, seal] = [id.slice(0, CHANCE_LENGTH), id.slice(CHANCE_LENGTH)];
      const [given, right] = [Buffer.from(seal), Buffer.from(sealOf(chance, asker))];
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}

/** In characters: 96 and 128 bits. */
const CHANCE_LENGTH = 16;
const SEAL_LENGTH = 22;

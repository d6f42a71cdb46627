import type { BareJid } from '../jid.js';
import type { ClaimedThing } from '../thing.js';
import { createDeviceReadOut, type DeviceReadOut, type DeviceReadOutDeps, type Follower } from './device-read-out.js';
import type { Question } from './ports.js';
import type { SequenceNumbers } from './sequence-numbers.js';

/** What is asked of a Thing, by whomever. */
export type Asked = Omit<Question, 'seqnr' | 'node'> & { readonly thing: ClaimedThing };

/** All that is being asked of devices now. */
export interface DeviceReadOuts {
  /**
   * Asks a Thing, or joins those who ask it the same already: requests share a read-out if field types, bounds and all
   * tokens are equal and the device has sent neither data nor failures yet.
   * @returns what ends the following.
   */
  follow(asked: Asked, follower: Follower): () => void;
  /** The read-out that a device's message belongs to: the sender is any session of the JID asked. */
  find(jid: BareJid, seqnr: number): DeviceReadOut | undefined;
  /** A JID has a session again, or has none any more. */
  deviceChanged(jid: BareJid, isOnline: boolean): void;
  readonly size: number;
  /** Ends all. */
  stop(reason: string): void;
}

export function createDeviceReadOuts(
  deps: Omit<DeviceReadOutDeps, 'number' | 'onEnd'> & { readonly numbers: SequenceNumbers },
): DeviceReadOuts {
  const byNumber = new Map<number, DeviceReadOut>();
  const byQuestion = new Map<string, DeviceReadOut>();
  const byDevice = new Map<BareJid, Set<DeviceReadOut>>();
  const namesOf = new Map<DeviceReadOut, { readonly key: string; readonly numbers: number[] }>();

  function begin(asked: Asked, key: string): DeviceReadOut {
    const numbers: number[] = [];
    const number = (readOut: DeviceReadOut): number => {
      const next = deps.numbers.next();
      numbers.push(next);
      byNumber.set(next, readOut);
      return next;
    };
    const readOut = createDeviceReadOut(asked, { ...deps, number, onEnd: forget });
    namesOf.set(readOut, { key, numbers });
    byQuestion.set(key, readOut);
    const ofDevice = byDevice.get(asked.thing.address.jid) ?? new Set();
    byDevice.set(asked.thing.address.jid, ofDevice.add(readOut));
    return readOut;
  }

  function forget(readOut: DeviceReadOut): void {
    const { key = '', numbers = [] } = namesOf.get(readOut) ?? {};
    for (const number of numbers) byNumber.delete(number);
    if (byQuestion.get(key) === readOut) byQuestion.delete(key);
    namesOf.delete(readOut);
    const { jid } = readOut.thing.address;
    const ofDevice = byDevice.get(jid);
    ofDevice?.delete(readOut);
    if (ofDevice?.size === 0) byDevice.delete(jid);
  }

  return {
    follow(asked, follower) {
      const key = keyOf(asked);
      const shared = byQuestion.get(key);
      const readOut = shared?.isOpen === true ? shared : begin(asked, key);
      readOut.join(follower);
      return () => readOut.leave(follower);
    },

    find(jid, seqnr) {
      const readOut = byNumber.get(seqnr);
      return readOut?.thing.address.jid === jid ? readOut : undefined;
    },

    deviceChanged(jid, isOnline) {
      for (const readOut of [...(byDevice.get(jid) ?? [])]) {
        if (isOnline) readOut.cameOnline();
        else readOut.wentOffline();
      }
    },

    get size() {
      return namesOf.size;
    },

    stop(reason) {
      for (const readOut of [...namesOf.keys()]) readOut.end(reason);
    },
  };
}

function keyOf({ thing, types, tokens: { service, device, user }, from, to }: Asked): string {
  return JSON.stringify([thing.ownership.id, [...types].sort(), service, device, user, from?.ms, to?.ms]);
}

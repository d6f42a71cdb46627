import type { BareJid } from '../domain/jid.js';
import type { Log } from '../xmpp/log.js';
import { type Memory, randomKey, type StateStore } from './state.js';

/** What happens to a device's ownership, for whoever wants to show it. */
export interface OwnershipEvents {
  claimed: [{ readonly owner: string; readonly isPublic: boolean }];
  disowned: [{ readonly formerOwner: string | undefined }];
  removed: [];
}

/** Whose the device is. What is learnt is kept before anyone is told: an acknowledgement is a promise to remember. */
export interface Ownership {
  readonly key: string;
  readonly owner: BareJid | undefined;
  readonly isPublic: boolean | undefined;
  readonly removed: boolean;
  claimed(owner: BareJid, isPublic: boolean): void;
  /** Also for the news that there is no owner where none was known: then it is none. */
  disowned(): void;
  takenOut(): void;
  /** Begins anew after a removal, as a factory reset does. */
  reset(): void;
}

type Emit = <E extends keyof OwnershipEvents>(event: E, ...details: OwnershipEvents[E]) => void;

/** @param fixedKey the KEY printed on the device, where it has one */
export function createOwnership(
  state: StateStore,
  fixedKey: string | undefined,
  parse: (jid: string) => BareJid | undefined,
  emit: Emit,
  log: Log,
): Ownership {
  let memory: Memory = state.load() ?? { key: fixedKey ?? randomKey() };
  if (fixedKey !== undefined) memory = { ...memory, key: fixedKey };
  state.save(memory);

  const keep = (fresh: Memory): void => {
    memory = fresh;
    state.save(fresh);
  };

  return {
    get key() {
      return memory.key;
    },
    get owner() {
      return memory.owner === undefined ? undefined : parse(memory.owner);
    },
    get isPublic() {
      return memory.isPublic;
    },
    get removed() {
      return memory.removed === true;
    },
    claimed(owner, isPublic) {
      if (memory.owner === owner && memory.isPublic === isPublic && memory.removed !== true) return;
      keep({ key: memory.key, owner, isPublic });
      log.debug({ owner, isPublic }, 'claimed');
      emit('claimed', { owner, isPublic });
    },
    disowned() {
      const { owner: formerOwner, removed } = memory;
      if (formerOwner === undefined && removed !== true) return;
      keep({ key: memory.key });
      log.debug({ formerOwner }, 'disowned');
      emit('disowned', { formerOwner });
    },
    takenOut() {
      if (memory.removed === true) return;
      keep({ ...memory, removed: true });
      log.debug({}, 'removed from the registry');
      emit('removed');
    },
    reset() {
      keep({ key: memory.key });
    },
  };
}

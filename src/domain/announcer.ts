import type { Access } from './access.js';
import { type BareJid, domainOf } from './jid.js';
import type { ContactStore, ThingStore } from './ports.js';
import type { Timers } from './read-out/ports.js';

/** Whom an announcement is for: who is subscribed to the component, as far as on line, or whoever owns a Thing. */
export type AnnouncedTo = 'subscribers' | 'owners';

export interface Announcement {
  readonly to: AnnouncedTo;
  readonly text: string;
}

export interface AnnouncerDeps {
  readonly contacts: Pick<ContactStore, 'subscribersOf'>;
  readonly things: Pick<ThingStore, 'owners'>;
  /** Who may not use the component, being blocked, is told nothing of it. */
  readonly access: Pick<Access, 'mayUse'>;
  /** @returns false where there is no connection. */
  readonly tell: (jid: BareJid, announcement: Announcement) => boolean;
  /** Resolves when the connection can take more. */
  readonly drained: () => Promise<void>;
  readonly timers: Timers;
}

export interface Announcer {
  /** How many it would be sent to. */
  count(to: AnnouncedTo): Promise<number>;
  /**
   * Sends it, at a pace that leaves room for others.
   * @returns what comes of it; undefined, and nothing is done, while another is being sent.
   */
  announce(announcement: Announcement): Promise<Announced> | undefined;
}

export interface Announced {
  /** To how many it was sent. */
  readonly sent: number;
  /** Whether that is all; if not, the connection was lost. */
  readonly isComplete: boolean;
}

/** So many are told in one turn, and then there is a rest, in ms. */
const A_TURN = 50;
const REST_MS = 100;
const PAGE = 1000;

/** Tells people something about the component. What is being sent does not survive a restart. */
export function createAnnouncer({ contacts, things, access, tell, drained, timers }: AnnouncerDeps): Announcer {
  let isUnderWay = false;

  async function* recipients(to: AnnouncedTo): AsyncGenerator<BareJid, void> {
    for await (const jid of all(to)) if (access.mayUse({ jid, domain: domainOf(jid) })) yield jid;
  }

  async function* all(to: AnnouncedTo): AsyncGenerator<BareJid, void> {
    if (to === 'subscribers') {
      yield* await contacts.subscribersOf('');
      return;
    }
    let page: readonly BareJid[] = [];
    do {
      page = await things.owners(page.at(-1) ?? '', PAGE);
      yield* page;
    } while (page.length === PAGE);
  }

  async function send(announcement: Announcement): Promise<Announced> {
    let sent = 0;
    for await (const jid of recipients(announcement.to)) {
      if (sent > 0 && sent % A_TURN === 0) {
        await new Promise<void>((resolve) => timers.after(REST_MS, resolve));
        await drained();
      }
      if (!tell(jid, announcement)) return { sent, isComplete: false };
      sent += 1;
    }
    return { sent, isComplete: true };
  }

  return {
    async count(to) {
      let count = 0;
      for await (const _ of recipients(to)) count += 1;
      return count;
    },
    announce(announcement) {
      if (isUnderWay) return undefined;
      isUnderWay = true;
      return send(announcement).finally(() => {
        isUnderWay = false;
      });
    },
  };
}

/** What a fault does to who talks with the component meanwhile. */
export interface Harm {
  /** Stanzas under way may be lost: XEP-0114 has no acknowledgement, so their senders may wait for ever. */
  readonly cuts: boolean;
  /** Senders may be told to wait (resource-constraint). */
  readonly refuses: boolean;
  /** Commands that were begun may be over: the component has restarted, or its clock says so. */
  readonly forgets?: boolean;
}

/** When there was a fault, and which. */
export interface Spell extends Harm {
  readonly kind: string;
  readonly from: number;
  /** Infinite while it lasts. */
  until: number;
}

/** What faults there were, for who judges whether silence or a refusal may be. */
export interface Weather {
  begin(kind: string, harm: Harm): Spell;
  /** All is well again: what has not been answered soon will not be. */
  end(spell: Spell): void;
  /** Whether at some time since then (ms since 1970) a fault did this. */
  since(at: number, harm: keyof Harm): Spell | undefined;
  /** Resolves when what was asked now may be given up, as it was lost in a fault; never where nothing cuts. */
  lost(): { readonly promise: Promise<void>; forget(): void };
}

/** From the end of a fault until what was under way is given up, in ms. */
const GRACE_MS = 1_500;

export function createWeather(): Weather {
  const spells: Spell[] = [];
  const waiting = new Set<{ readonly since: number; readonly giveUp: () => void }>();

  return {
    begin(kind, harm) {
      const spell: Spell = { kind, ...harm, from: Date.now(), until: Number.POSITIVE_INFINITY };
      spells.push(spell);
      return spell;
    },
    end(spell) {
      spell.until = Date.now() + GRACE_MS;
      if (!spell.cuts) return;
      const overdue = [...waiting].filter(({ since }) => since <= Date.now());
      setTimeout(() => {
        for (const { giveUp } of overdue) giveUp();
      }, GRACE_MS).unref();
    },
    since: (at, harm) => spells.find((spell) => spell[harm] === true && spell.until >= at),
    lost() {
      let giveUp: () => void = () => undefined;
      const promise = new Promise<void>((resolve) => {
        giveUp = resolve;
      });
      const entry = { since: Date.now(), giveUp };
      waiting.add(entry);
      return { promise, forget: () => void waiting.delete(entry) };
    },
  };
}

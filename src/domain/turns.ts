/** Lets only so many at a time do what goes by one name; the others wait, first come first served. */
export interface Turns {
  /** @returns how to end the turn, once it has come. To be called once. */
  take(name: string, atATime: number): Promise<() => void>;
}

export function createTurns(): Turns {
  const places = new Map<string, { taken: number; readonly waiting: (() => void)[] }>();
  return {
    async take(name, atATime) {
      const place = places.get(name) ?? { taken: 0, waiting: [] };
      places.set(name, place);
      if (place.taken < atATime) place.taken += 1;
      else await new Promise<void>((resolve) => place.waiting.push(resolve));
      return () => {
        const next = place.waiting.shift();
        if (next !== undefined) return next(); // who takes the place over
        place.taken -= 1;
        if (place.taken === 0) places.delete(name);
      };
    },
  };
}

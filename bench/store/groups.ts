/** Deals what comes into groups of so many; the last has what is left. */
export function* groups<Item>(all: Iterable<Item>, size: number): Generator<readonly Item[], undefined> {
  let group: Item[] = [];
  for (const item of all) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
  return undefined;
}

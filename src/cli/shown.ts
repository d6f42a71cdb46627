/**
 * Text that somebody else wrote, for a terminal: without what would move its cursor, or worse, and without what writes the rest
 * of a line from right to left, so that one thing looks like another.
 */
export function shown(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/**
 * Replaces the one place of a shipped configuration that a pattern fits. Where there is none, or more, it is a bug here
 * and throws: a server on the wrong port would not say so.
 */
export function replaceOnce(file: string, text: string, pattern: RegExp, replacement: string): string {
  const found = text.match(pattern)?.length ?? 0;
  if (found !== 1) throw new Error(`${file} should have exactly one line like ${pattern.source}, and has ${found}`);
  return text.replace(pattern, () => replacement);
}

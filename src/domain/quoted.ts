/** A value of somebody else's for words, cut to what a person can use. */
export function quoted(value: string): string {
  const [...characters] = value;
  return JSON.stringify(characters.length > 64 ? `${characters.slice(0, 64).join('')}...` : value);
}

/** The value of a metric on a page for Prometheus; `labels` as they are written there. */
export function valueIn(page: string, name: string, labels = ''): number | undefined {
  const start = labels === '' ? `${name} ` : `${name}{${labels}} `;
  const line = page.split('\n').find((each) => each.startsWith(start));
  return line === undefined ? undefined : Number(line.slice(start.length));
}

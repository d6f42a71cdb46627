import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../src/metrics/metrics.js';
import { METRICS, type Metric } from '../../src/metrics/table.js';

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const ALL: readonly Metric[] = Object.values(METRICS);

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly description: string };
}
const { panels, templating }: { panels: readonly Panel[]; templating: { list: readonly object[] } } = JSON.parse(
  file('contrib/grafana-dashboard.json'),
);
const { groups }: { groups: readonly { readonly rules: readonly Rule[] }[] } = parse(file('contrib/alerts.yml'));
const rules = groups.flatMap((group) => group.rules);
const drawn = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** The names that Prometheus has for a metric. */
function seriesOf({ name, type }: Metric): readonly string[] {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}

function namesIn(expression: string): readonly string[] {
  return [...expression.matchAll(/\b(?:thingstead|process|nodejs)_\w+/g)].map(([name]) => name);
}

/** What is wrong with the metrics and labels that an expression names. */
function faultsOf(expression: string, page: string): readonly string[] {
  const known = ALL.flatMap(seriesOf);
  const unknown = namesIn(expression).filter((name) => !known.includes(name) && !page.includes(`\n${name}`));
  const labels = [...expression.matchAll(/(\w+)(?:=~|!~|!=|=)"([^"]*)"/g)].flatMap(([, label = '', values = '']) => {
    if (label === 'job' || label === 'instance') return [];
    const allowed = ALL.flatMap((metric) => metric.labels?.[label] ?? []);
    return values.split('|').filter((value) => !allowed.includes(value));
  });
  return [...unknown, ...labels];
}

const NOTHING = new Proxy({}, { get: () => () => 0 }) as Parameters<typeof createMetrics>[0];

describe('what operators get for the metrics', () => {
  it.each([...drawn, ...rules.map(({ expr }) => expr)])('names what there is: %s', async (expression) => {
    const { text } = await createMetrics(NOTHING).page();
    expect(namesIn(expression).length + Number(expression.startsWith('up{'))).toBeGreaterThan(0);
    expect(faultsOf(expression, text)).toEqual([]);
  });

  it('would be found out if it did not', async () => {
    const { text } = await createMetrics(NOTHING).page();
    expect(faultsOf('rate(thingstead_stanza_total{kind="iqs"}[5m])', text)).toEqual(['thingstead_stanza_total', 'iqs']);
  });

  it('shows every metric', () => {
    const shown = drawn.flatMap(namesIn);
    expect(ALL.filter((metric) => !seriesOf(metric).some((name) => shown.includes(name)))).toEqual([]);
  });

  it('is a dashboard with rows of panels that do not cover each other', () => {
    expect(panels.filter(({ type }) => type === 'row').length).toBeGreaterThan(3);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    expect(templating.list.map((each) => ('name' in each ? each.name : ''))).toEqual(['datasource', 'job', 'instance']);
  });

  it('says for each alert what to do', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { annotations } of rules) expect(annotations.description.length).toBeGreaterThan(20);
  });

  it('stands in README, metric by metric', () => {
    const [, table = ''] = file('README.md').split('\n| metric | type |');
    const [, , ...rows] = (table.split('\n\n', 1)[0] ?? '').split('\n');
    const expected = ALL.map(({ name, type, help, labels = {} }) => {
      const named = Object.keys(labels).map((label) => `\`${label}\``);
      return `| \`${name}\` | ${type} | ${named.join(', ')} | ${help} |`;
    });
    expect(rows).toEqual(expected);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMetrics, type Gauges } from '../../src/metrics/metrics.js';
import { KINDS, METRICS, OUTCOMES } from '../../src/metrics/table.js';
import { valueIn } from './page.js';

const GAUGES: Gauges = {
  underWay: () => 1,
  online: () => 2,
  ready: async () => 3,
  commitWaiting: () => 4,
  unsealed: () => 5,
  sessions: () => 6,
  readOuts: () => 7,
  queued: () => 8,
  notices: () => 9,
  commands: () => 10,
};

describe('metrics', () => {
  it('are all on the page, each with its type, and gauges as they are asked for', async () => {
    const { text, type } = await createMetrics(GAUGES).page();
    expect(type).toContain('text/plain');
    for (const { name, type: kind, help } of Object.values(METRICS)) {
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`);
    }
    expect(valueIn(text, 'thingstead_ready')).toBe(3);
    expect(valueIn(text, 'thingstead_command_sessions')).toBe(10);
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('count what is told', async () => {
    const metrics = createMetrics(GAUGES);
    metrics.stanzaIn('iq', 'result', 2);
    metrics.stanzaIn('iq', 'forbidden', 2);
    metrics.stanzaOut('message', true);
    metrics.stanzaOut('message', false);
    metrics.committed(12, 100);
    metrics.commitFailed();
    metrics.stored(7);
    metrics.damaged();
    metrics.disconnected();
    const { text } = await metrics.page();
    const seen = (name: string, labels?: string) => valueIn(text, name, labels);
    expect(seen('thingstead_stanzas_in_total', 'kind="iq",outcome="result"')).toBe(1);
    expect(seen('thingstead_stanzas_in_total', 'kind="iq",outcome="forbidden"')).toBe(1);
    expect(seen('thingstead_stanza_seconds_bucket', 'le="0.0025",kind="iq"')).toBe(2);
    expect(seen('thingstead_stanzas_out_total', 'kind="message"')).toBe(1);
    expect(seen('thingstead_stanzas_unsent_total', 'kind="message"')).toBe(1);
    expect(seen('thingstead_stanza_seconds_sum', 'kind="iq"')).toBeCloseTo(0.004);
    expect(seen('thingstead_commit_seconds_sum')).toBeCloseTo(0.1);
    expect(seen('thingstead_commit_units_bucket', 'le="25"')).toBe(1);
    expect(seen('thingstead_commit_failures_total')).toBe(1);
    expect(seen('thingstead_readings_stored_total')).toBe(7);
    expect(seen('thingstead_damaged_total')).toBe(1);
    expect(seen('thingstead_disconnects_total')).toBe(1);
  });

  it('of two components in one process know nothing of each other', async () => {
    const [one, other] = [createMetrics(GAUGES), createMetrics(GAUGES)];
    one.stored(3);
    expect(valueIn((await other.page()).text, 'thingstead_readings_stored_total')).toBe(0);
  });

  it('never have a label that a peer chose', async () => {
    const metrics = createMetrics(GAUGES);
    const named = fc.oneof(
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', 'toString', 'IQ', ...KINDS, ...OUTCOMES),
    );
    fc.assert(
      fc.property(named, named, (kind, outcome) => {
        metrics.stanzaIn(kind, outcome, 1);
        metrics.stanzaOut(kind, true);
      }),
    );
    const { text } = await metrics.page();
    const labels = text.matchAll(/^thingstead_.*(kind|outcome)="([^"]*)"/gm);
    const known: readonly string[] = [...KINDS, ...OUTCOMES];
    expect([...labels].map(([, , value]) => value).filter((value) => !known.includes(value ?? ''))).toEqual([]);
    expect(text.split('\n').filter((line) => line.startsWith('thingstead_')).length).toBeLessThan(200);
  });
});

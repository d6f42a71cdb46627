import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../scripts/server/package-root.js';
import { SETTINGS } from '../../src/settings.js';

// No container engine and no systemd runs where these are tested: what they name has to be there, and agree.

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const VARIABLES: readonly string[] = Object.values(SETTINGS).map(({ variable }) => variable);
const named = (text: string): readonly string[] => [...text.matchAll(/THINGSTEAD_\w+/g)].map(([name]) => name);

it.each(['contrib/thingstead.service', 'Dockerfile', 'compose.yml'])('%s names settings that there are', (path) => {
  expect(named(file(path)).length).toBeGreaterThan(1);
  expect(named(file(path)).filter((name) => !VARIABLES.includes(name))).toEqual([]);
});

describe('the Dockerfile', () => {
  const lines = file('Dockerfile')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
  const all = (instruction: string) => lines.filter((line) => line.startsWith(`${instruction} `));

  it('begins from versions, the one that this package is tested with', () => {
    expect(all('FROM')).toHaveLength(2);
    for (const from of all('FROM')) expect(from).toMatch(/^FROM node:20\.\d+-bookworm(-slim)?( AS build)?$/);
  });

  it('runs as a user without rights, by number, as orchestrators ask, with nothing of the build', () => {
    const last = lines.slice(lines.lastIndexOf(all('FROM').at(-1) ?? ''));
    expect(last).toContain('USER 10001:10001');
    expect(last.findIndex((line) => line.startsWith('USER'))).toBeLessThan(
      last.findIndex((line) => line.startsWith('ENTRYPOINT')),
    );
    expect(last.filter((line) => line.startsWith('COPY')).every((line) => line.startsWith('COPY --from=build'))).toBe(
      true,
    );
    expect(all('HEALTHCHECK')[0]).toContain('/readyz');
    expect(all('ADD')).toEqual([]);
  });

  it('copies what there is, and gets nothing else to see', () => {
    const own = all('COPY').filter((line) => !line.includes('--from'));
    const sources = own.flatMap((line) => line.split(/\s+/).slice(1, -1)).map((path) => path.replace('./', ''));
    const allowed = file('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect([...sources].sort()).toEqual([...allowed].sort());
  });
});

describe('compose.yml', () => {
  interface Service {
    readonly image: string;
    readonly build?: string;
    readonly user?: string;
    readonly read_only?: boolean;
    readonly ports: readonly string[];
    readonly volumes: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
    readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
    readonly healthcheck?: object;
    readonly cap_drop?: readonly string[];
  }
  const composed: { services: Record<string, Service>; volumes: object } = parse(file('compose.yml'));
  const { ejabberd, thingstead } = composed.services;

  it('waits for a healthy server, runs without rights, and publishes on loopback alone', () => {
    expect(thingstead?.depends_on?.['ejabberd']?.condition).toBe('service_healthy');
    expect(ejabberd?.healthcheck).toBeDefined();
    expect(thingstead).toMatchObject({ user: '10001:10001', read_only: true, cap_drop: ['ALL'] });
    for (const { ports } of Object.values(composed.services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    expect(ejabberd?.image).toMatch(/:\d+\.\d+$/);
  });

  it('joins the server by what the server is told', () => {
    const configuration = file('contrib/compose/ejabberd.yml');
    expect(ejabberd?.volumes[0]).toContain('./contrib/compose/ejabberd.yml:');
    expect(thingstead?.environment?.['THINGSTEAD_SERVICE']).toBe('xmpp://ejabberd:5275');
    expect(configuration).toContain('COMPONENT_PORT: 5275');
    expect(configuration).toContain(`COMPONENT_DOMAIN: "${thingstead?.environment?.['THINGSTEAD_DOMAIN']}"`);
    expect(Object.keys(composed.volumes)).toEqual(['ejabberd', 'things']);
  });

  it('has an ejabberd.yml that is the one of the package, but for the addresses', () => {
    const without = (text: string) => text.slice(text.indexOf('define_macro:'));
    const [own, theirs] = [without(file('ejabberd.yml')), without(file('contrib/compose/ejabberd.yml'))];
    expect(theirs.replaceAll('_ADDRESS: "0.0.0.0"', '_ADDRESS: "127.0.0.1"')).toBe(own);
  });
});

describe('the unit of systemd', () => {
  const unit = file('contrib/thingstead.service');
  const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
  const analyze = (...args: string[]) =>
    spawnSync('systemd-analyze', [...args, `${packageRoot()}/contrib/thingstead.service`], { encoding: 'utf8' });

  it('keeps what it runs from everything but its state and the network', () => {
    for (const line of [
      'DynamicUser=yes',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'StateDirectory=thingstead',
      'WatchdogSec=60',
    ]) {
      expect(unit).toContain(`\n${line}\n`);
    }
  });

  it.runIf(hasAnalyze)('is understood by systemd, which finds little that it could still be kept from', () => {
    const { stderr } = analyze('verify');
    expect(stderr.split('\n').filter((line) => line !== '' && !line.includes('is not executable'))).toEqual([]);
    const [, exposure = '10'] =
      /Overall exposure level for .*: ([\d.]+)/.exec(analyze('security', '--offline=true').stdout) ?? [];
    expect(Number(exposure)).toBeLessThan(2);
  });
});

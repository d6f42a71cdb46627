// Installs what `npm test` and `npm run demo` need and do not find: the npm packages of package-lock.json, and an XMPP
// server; with the argument `clients` also those XMPP clients of others that the tests try us with, with `bench` what the
// benchmarks compare us with. It runs before there are any packages, hence plain JavaScript and nothing but Node's own
// modules. What is there is left alone, so it costs nothing the second time.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
// What npm needs to compile better-sqlite3 where its compiled form cannot be downloaded.
const COMPILER = ['python3', 'make', 'g++'];
// What succeeds where a library is there that tests use from another language. Debian's own Python is the one that sees
// Debian's packages; there may be another before it in PATH.
const LIBRARIES = [
  [['/usr/bin/python3', '-c', 'import slixmpp'], 'python3-slixmpp'],
  [['/usr/bin/python3', '-W', 'ignore', '-c', 'import aioxmpp'], 'python3-aioxmpp'],
  [['ruby', '-W0', '-e', 'require "xmpp4r"'], 'ruby-xmpp4r'],
];

// Programs that the benchmarks start, the service and package of each, and further packages.
const PEERS = [
  ['mosquitto', 'mosquitto'],
  ['influxd', 'influxdb', 'influxdb-client'],
  ['initdb', 'postgresql'],
];

installPackages();
installServer();
if (process.argv.includes('clients')) installClients();
if (process.argv.includes('bench')) installPeers();

function installPackages() {
  if (packagesAreCurrent()) return;
  say('the npm packages are missing or older than package-lock.json: installing them with `npm ci`');
  const install = () => run(['npm', 'ci', '--no-audit', '--no-fund']);
  if (install()) return;
  const missing = COMPILER.filter((tool) => find(tool) === undefined);
  if (missing.length === 0) fail('`npm ci` failed; its own words are above');
  say(`\`npm ci\` failed, maybe for want of ${missing.join(', ')}`);
  installFromDebian(missing);
  if (!install()) fail('`npm ci` failed again; its own words are above');
}

/** Whether npm's own record of what it installed names the versions of package-lock.json. */
function packagesAreCurrent() {
  const wanted = readLock('package-lock.json');
  const present = readLock(join('node_modules', '.package-lock.json'));
  // Optional packages are there for some platforms only.
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || present[path]?.version === version,
  );
}

function readLock(file) {
  const path = join(ROOT, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

function installServer() {
  // A user other than root has no sbin in PATH. scripts/ejabberd/local.ts looks in the same places.
  if (find('ejabberdctl', ['/usr/sbin', '/usr/local/sbin', '/sbin']) !== undefined || dockerAnswers()) return;
  say('there is no ejabberd here, and no Docker engine that could run one');
  const hadErlang = find('erl') !== undefined;
  withoutStarting('ejabberd', () => installFromDebian(['ejabberd']));
  // epmd, Erlang's name server, comes with it; another Erlang program's is not ours to stop.
  if (!hadErlang) stopErlangNames();
  say(
    'the ejabberd service is switched off again: demo and tests start ejabberd by themselves. To run it as a service,',
  );
  say('put ejabberd.yml in /etc/ejabberd and enable it (`systemctl enable --now ejabberd`)');
}

/** Tests say so and are skipped where a client cannot be had: this is no reason to run none. */
function installClients() {
  const missing = ['profanity', 'tmux'].filter((program) => find(program) === undefined);
  for (const [command, debianPackage] of LIBRARIES) {
    if (spawnSync(command[0], command.slice(1), { stdio: 'ignore' }).status !== 0) missing.push(debianPackage);
  }
  if (find('prosody') === undefined) missing.push('prosody');
  if (missing.length === 0) return;
  if (find('apt-get') === undefined)
    say(`not there for the tests, and no apt-get to install it: ${missing.join(', ')}`);
  else if (!missing.includes('prosody')) installFromDebian(missing, { isNeeded: false });
  else withoutStarting('prosody', () => installFromDebian(missing, { isNeeded: false }));
}

/** What the benchmarks compare us with; each is left out where it cannot be had. */
function installPeers() {
  for (const [program, service, ...more] of PEERS) {
    if (find(program, ['/usr/sbin', '/usr/lib/postgresql/15/bin']) !== undefined) continue;
    if (find('apt-get') === undefined) say(`not there for the benchmarks, and no apt-get to install it: ${service}`);
    else withoutStarting(service, () => installFromDebian([service, ...more], { isNeeded: false }));
  }
}

function dockerAnswers() {
  const asked = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
    stdio: 'ignore',
    timeout: 20_000,
  });
  return asked.status === 0;
}

/**
 * Debian starts a service as it installs it, and at every start of the machine. We want the program only: demo and tests
 * start it by themselves, as a child with a configuration of its own. Under systemd the service is masked while it is
 * installed, so that it does not start at all, and then disabled. Elsewhere it is stopped as soon as it is installed.
 */
function withoutStarting(service, install) {
  const systemd = existsSync('/run/systemd/system');
  if (systemd) run(asRoot('systemctl', 'mask', '--runtime', '--quiet', `${service}.service`));
  install();
  if (systemd) {
    run(asRoot('systemctl', 'disable', '--quiet', `${service}.service`));
    run(asRoot('systemctl', 'unmask', '--runtime', '--quiet', `${service}.service`));
  } else {
    if (find('invoke-rc.d') !== undefined) run(asRoot('invoke-rc.d', '--quiet', service, 'stop'));
    if (find('update-rc.d') !== undefined) run(asRoot('update-rc.d', service, 'disable'));
  }
}

function stopErlangNames() {
  if (existsSync('/run/systemd/system'))
    run(asRoot('systemctl', 'disable', '--quiet', '--now', 'epmd.service', 'epmd.socket'));
  else if (find('epmd') !== undefined) spawnSync('epmd', ['-kill'], { stdio: 'ignore' });
}

function installFromDebian(packages, { isNeeded } = { isNeeded: true }) {
  if (find('apt-get') === undefined) {
    fail(
      `there is no apt-get here to install ${packages.join(' and ')} with: install what is missing by hand, or start Docker`,
    );
  }
  say(`installing from the system's packages, with apt-get: ${packages.join(', ')}`);
  if (!run(asRoot('apt-get', 'update', '--quiet')))
    say('`apt-get update` failed; going on with the lists that are there');
  const options = ['--yes', '--quiet', '--no-install-recommends'];
  const install = asRoot('env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', ...options, ...packages);
  if (run(install)) return;
  const words = `${packages.join(' and ')} could not be installed; apt-get's own words are above`;
  if (isNeeded) fail(words);
  say(words);
}

function asRoot(...command) {
  if (process.getuid?.() === 0) return command;
  if (find('sudo') === undefined) fail(`this needs root, and there is no sudo: run as root \`${command.join(' ')}\``);
  // Without a terminal nobody could type a password: rather fail than wait for it.
  return ['sudo', ...(process.stdin.isTTY ? [] : ['--non-interactive']), ...command];
}

/** Runs a command in sight of the user; whether it succeeded. */
function run([program, ...args]) {
  return spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' }).status === 0;
}

function find(program, elsewhere = []) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...elsewhere];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

function say(text) {
  console.error(`setup: ${text}`);
}

function fail(text) {
  say(text);
  process.exit(1);
}

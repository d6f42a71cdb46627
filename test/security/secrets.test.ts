import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serialize } from '../../src/xmpp/element.js';
import { type Client, connectClient } from '../integration/harness/client.js';
import { type Compiled, compilePackage } from '../integration/harness/compiled.js';
import { type ComponentProcess, startComponentProcess } from '../integration/harness/component-under-test.js';
import { type Server, startServer } from '../integration/harness/server.js';

// What must never be written down, under names that nothing else has, through all that a component does with it.

const SECRET = 'marker-secret-0123456789abcdef0123456789';
const PEPPER = 'ab5e'.repeat(16);
const KEYS = ['registered', 'claimed', 'wrong', 'refused', 'updated', 'typed', 'searched'].map(
  (use) => `marker-key-${use}`,
);
const TOKENS = ['service', 'device', 'user'].map((kind) => `marker-token-${kind}`);
const DISCOVERY = `xmlns='urn:xmpp:iot:discovery'`;

let compiled: Compiled;
let server: Server;
let component: ComponentProcess;
const clients: Client[] = [];
beforeAll(async () => {
  compiled = compilePackage();
  server = await startServer({ secret: SECRET });
  component = await startComponentProcess(server, compiled, {
    settings: {
      THINGSTEAD_LOG_LEVEL: 'trace',
      THINGSTEAD_PEPPER: PEPPER,
      THINGSTEAD_ADMINS: `admin@${server.host}`,
    },
  });
});
afterAll(async () => {
  for (const client of clients) await client.stop();
  await component?.remove();
  await server?.stop();
  compiled?.remove();
});

async function user(name: string): Promise<Client> {
  const client = await connectClient(server, name);
  clients.push(client);
  return client;
}

const sn = (serial: string) => `<str name='SN' value='${serial}'/>`;
const key = (use: string) => `<str name='KEY' value='marker-key-${use}'/>`;

/** A form of one operation, filled in and sent. */
function command(node: string, fields: Readonly<Record<string, string>> = {}, session = ''): string {
  const filled = Object.entries(fields).map(([name, value]) => `<field var='${name}'><value>${value}</value></field>`);
  const form = `<x xmlns='jabber:x:data' type='submit'>${filled.join('')}</x>`;
  const step = session === '' ? `action='execute'/>` : `action='complete' sessionid='${session}'>${form}</command>`;
  return `<command xmlns='http://jabber.org/protocol/commands' node='thingstead:${node}' ${step}`;
}

/** Every file that it has written, below the folder of its data, with its bytes as characters. */
function written(folder: string): readonly { readonly name: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => statSync(name).isFile())
    .map((name) => ({ name, text: readFileSync(name, 'latin1') }));
}

/** A secret in all spellings in which it might be written. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  // Of base64 that begins anywhere, so much is the same wherever the secret begins in it.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [secret, bytes.toString('hex'), ...base64];
}

function leaks(texts: readonly { readonly name: string; readonly text: string }[]): readonly string[] {
  const secrets = [SECRET, PEPPER, Buffer.from(PEPPER, 'hex').toString('latin1'), ...KEYS, ...TOKENS];
  return texts.flatMap(({ name, text }) =>
    secrets
      .filter((secret) => spellings(secret).some((each) => text.includes(each)))
      .map((secret) => `${secret} in ${name}`),
  );
}

it('no KEY, token, pepper or secret reaches a file, a log, or anybody but whom it was sent to', async () => {
  const [device, owner, stranger, admin] = [
    await user('device'),
    await user('owner'),
    await user('stranger'),
    await user('admin'),
  ];
  const ask = (client: Client, payload: string, to = server.domain) => client.iq('set', to, payload);
  const answers = [
    await ask(device, `<register ${DISCOVERY}>${sn('1')}${key('registered')}</register>`),
    await ask(device, `<register ${DISCOVERY} nodeId='n'>${sn('2')}${key('claimed')}</register>`),
    await ask(
      device,
      `<register ${DISCOVERY} nodeId='bad'>${sn('3')}${key('refused')}<str value='nameless'/></register>`,
    ),
    await ask(stranger, `<mine ${DISCOVERY}>${sn('2')}${key('wrong')}</mine>`),
    await ask(owner, `<mine ${DISCOVERY} public='true'>${sn('2')}${key('claimed')}</mine>`),
    await ask(owner, `<update ${DISCOVERY} jid='device@${server.host}' nodeId='n'>${key('updated')}</update>`),
    await ask(
      stranger,
      `<search ${DISCOVERY} offset='0' maxCount='9'><strEq name='KEY' value='marker-key-searched'/></search>`,
    ),
    await ask(
      stranger,
      `<req xmlns='urn:xmpp:iot:sensordata' seqnr='1' momentary='true' serviceToken='marker-token-service' ` +
        `deviceToken='marker-token-device' userToken='marker-token-user'><node nodeId='n'/></req>`,
    ),
  ];
  const claiming = await ask(owner, command('claim'));
  const session = String(claiming.getChild('command')?.attrs['sessionid'] ?? '');
  answers.push(claiming, await ask(owner, command('claim', { sn: '1', key: 'marker-key-typed' }, session)));
  answers.push(await ask(admin, command('backup')), await ask(admin, command('export')));
  await component.kill();
  await component.restart();
  answers.push(await ask(stranger, `<mine ${DISCOVERY}>${sn('1')}${key('wrong')}</mine>`));
  answers.push(await ask(admin, command('audit')));
  // Else nothing was tried.
  expect(answers.filter(({ attrs }) => attrs['type'] === 'result').length).toBeGreaterThan(4);
  expect(answers.filter(({ attrs }) => attrs['type'] === 'error').length).toBeGreaterThan(3);

  const said = { name: 'what it answered', text: answers.map(serialize).join('\n') };
  const logged = { name: 'its log', text: component.log.map((line) => JSON.stringify(line)).join('\n') };
  const files = written(dirname(component.database));
  expect(files.map(({ name }) => name).join()).toMatch(/thingstead\.db,.*thingstead-\d{4}-.*\.db/);
  expect(logged.text).toContain('a claim failed');
  expect(leaks([...files, logged, said])).toEqual([]);
}, 60_000);

it('would be found out if one did', () => {
  const texts = [
    'marker-key-wrong',
    Buffer.from('x marker-token-user').toString('base64'),
    Buffer.from(SECRET).toString('hex'),
  ];
  expect(leaks(texts.map((text) => ({ name: 'a file', text })))).toEqual([
    'marker-key-wrong in a file',
    'marker-token-user in a file',
    `${SECRET} in a file`,
  ]);
});

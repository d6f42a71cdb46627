/** The files of tests that are named in the tables, by the short names that are used there. */
export const FILES: Readonly<Record<string, string>> = {
  claims: 'test/domain/failed-claims.test.ts',
  'claim-operation': 'test/operations/claim.test.ts',
  client: 'test/integration/client-library.test.ts',
  'command-codec': 'test/xep/0050-commands/codec.test.ts',
  'command-sessions': 'test/xep/0050-commands/sessions.test.ts',
  commands: 'test/xep/0050-commands/commands.test.ts',
  component: 'test/conformance/component.test.ts',
  computed: 'test/domain/read-out/computed-history.test.ts',
  connection: 'test/xmpp/connection.test.ts',
  'data-form': 'test/xmpp/data-form.test.ts',
  device: 'test/integration/device.test.ts',
  'device-fields': 'test/device/fields.test.ts',
  'device-push': 'test/integration/device-push.test.ts',
  'device-state': 'test/device/state.test.ts',
  devices: 'test/domain/read-out/devices.test.ts',
  disco: 'test/xep/0030-disco/disco.test.ts',
  'disco-codec': 'test/xep/0030-disco/codec.test.ts',
  disowning: 'test/integration/registry-disown.test.ts',
  ejabberd: 'test/integration/harness-ejabberd.test.ts',
  forms: 'test/conformance/forms.test.ts',
  friends: 'test/domain/friends.test.ts',
  history: 'test/domain/read-out/history.test.ts',
  'iot-disco': 'test/xep/0347-registry/iot-disco.test.ts',
  notices: 'test/integration/notices.test.ts',
  notifier: 'test/domain/notifier.test.ts',
  paging: 'test/xmpp/paging.test.ts',
  ping: 'test/xep/0199-ping/ping.test.ts',
  presence: 'test/xep/presence/handler.test.ts',
  'presence-live': 'test/integration/presence.test.ts',
  provisioning: 'test/xep/0324-provisioning/provisioning.test.ts',
  queue: 'test/domain/read-out/queue.test.ts',
  reach: 'test/domain/reach.test.ts',
  'read-outs': 'test/domain/read-out/requests.test.ts',
  'registry-codec': 'test/xep/0347-registry/codec.test.ts',
  'registry-handler': 'test/xep/0347-registry/handler.test.ts',
  'registry-live': 'test/integration/registry.test.ts',
  'registry-rules': 'test/domain/registry.test.ts',
  'registry-search': 'test/integration/registry-search.test.ts',
  router: 'test/xmpp/router.test.ts',
  rules: 'test/domain/read-out/rules.test.ts',
  scripted: 'test/integration/scripted.test.ts',
  'search-rules': 'test/domain/search.test.ts',
  'sensor-codec': 'test/xep/0323-sensor-data/codec.test.ts',
  'sensor-data': 'test/conformance/sensor-data.test.ts',
  'sensor-dialects': 'test/xep/0323-sensor-data/dialects.test.ts',
  'sensor-live': 'test/integration/sensor-data.test.ts',
  'sensor-properties': 'test/xep/0323-sensor-data/codec.property.test.ts',
  'sensor-pushes': 'test/xep/0323-sensor-data/pushes.test.ts',
  'sensor-readers': 'test/xep/0323-sensor-data/readers.test.ts',
  'sensor-requests': 'test/xep/0323-sensor-data/requests.test.ts',
  'sensor-schema': 'test/xep/0323-sensor-data/schema.test.ts',
  shifts: 'test/domain/read-out/shifts.test.ts',
  tags: 'test/domain/tags.test.ts',
  things: 'test/conformance/registry.test.ts',
  time: 'test/xep/0202-time/time.test.ts',
  times: 'test/xep/0323-sensor-data/time.test.ts',
  unfriend: 'test/integration/unfriend.test.ts',
  units: 'test/domain/read-out/units.test.ts',
  version: 'test/xep/0092-version/version.test.ts',
  zones: 'test/xep/0323-sensor-data/zones.test.ts',
};

/** A test as the tables name it, `file: name`: where it is and what it is called. */
export function placeOf(test: string): { readonly file: string | undefined; readonly name: string } {
  const [short = '', ...rest] = test.split(': ');
  return { file: Object.hasOwn(FILES, short) ? FILES[short] : undefined, name: rest.join(': ') };
}

/** Whether a test of that full name is one that the tables mean. */
export function isMeant(name: string, fullName: string): boolean {
  return name.endsWith('*') ? fullName.startsWith(name.slice(0, -1)) : fullName === name;
}

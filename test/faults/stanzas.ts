import { DISCOVERY, SENSOR_DATA } from '../integration/harness/sensors.js';

/** A Thing as stanzas name it. */
export interface Named {
  /** The bare JID of its device. */
  readonly jid: string;
  readonly nodeId: string;
  readonly sn: string;
  readonly key: string;
}

/** A value at a time (ISO 8601). */
export interface Sample {
  readonly at: string;
  readonly value: string;
}

const NS = `xmlns='${DISCOVERY}'`;

export function register(thing: Named): string {
  return `<register ${NS}${nodeOf(thing)}>${tags(thing)}</register>`;
}

export function claim(thing: Named, isPublic: boolean, key = thing.key): string {
  return `<mine ${NS} public='${isPublic}'>${tags({ ...thing, key })}</mine>`;
}

/** `update` of the owner's, `remove` and `disown` name the Thing by its address; `unregister` is the device's own word. */
export function about(name: 'update' | 'remove' | 'disown', thing: Named, content = ''): string {
  return `<${name} ${NS} jid='${thing.jid}'${nodeOf(thing)}>${content}</${name}>`;
}

export function unregister(thing: Named): string {
  return `<unregister ${NS}${nodeOf(thing)}/>`;
}

export function room(text: string): string {
  return `<str name='ROOM' value='${text}'/>`;
}

export function searchPage(offset: number): string {
  return `<search ${NS} offset='${offset}' maxCount='100'><strGtEq name='SN' value=''/></search>`;
}

export function items(node?: string): string {
  const at = node === undefined ? '' : ` node='${node}'`;
  return `<query xmlns='http://jabber.org/protocol/disco#items'${at}/>`;
}

export function req(seqnr: string, attributes: string): string {
  return `<req xmlns='${SENSOR_DATA}' seqnr='${seqnr}' ${attributes}/>`;
}

export function fields(seqnr: string, nodeId: string, samples: readonly Sample[], isDone: boolean): string {
  const times = samples.map(({ at, value }) => `<timestamp value='${at}'>${field(value)}</timestamp>`);
  const done = isDone ? " done='true'" : '';
  return `<fields xmlns='${SENSOR_DATA}' seqnr='${seqnr}'${done}><node nodeId='${nodeId}'>${times.join('')}</node></fields>`;
}

/** Values with letters of two to four bytes, and numbers whose last digits say nothing: both come back to the letter. */
export function spell(n: number): string {
  return n % 2 === 0 ? `${n}.50` : `№ ${n} ß😀`;
}

function field(value: string): string {
  const flags = "momentary='true' automaticReadout='true'";
  return value.startsWith('№')
    ? `<string name='S' value='${value}' ${flags}/>`
    : `<numeric name='T' value='${value}' unit='°C' ${flags}/>`;
}

function tags({ sn, key }: Pick<Named, 'sn' | 'key'>): string {
  return `<str name='SN' value='${sn}'/><str name='MAN' value='Prüfstand 試験'/><str name='KEY' value='${key}'/>`;
}

function nodeOf({ nodeId }: Named): string {
  return nodeId === '' ? '' : ` nodeId='${nodeId}'`;
}

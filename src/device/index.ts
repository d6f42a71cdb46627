/** `thingstead/device`: for those who write devices. See `createDevice`. */
export type { Account, Started } from '../client/session/session.js';
export type { TagValues } from '../client/tag-values.js';
export type { Field, FieldType, Quality, ValueType } from '../domain/reading.js';
export type { Reply } from '../xmpp/caller.js';
export type { StanzaError } from '../xmpp/stanza-error.js';
export type { Device, DeviceEvents, DeviceOptions, Reported } from './api.js';
export type { Asked, Read, Readings } from './asked.js';
export { createDevice } from './device.js';
export { type Flags, field } from './fields.js';
export type { Pushed } from './push.js';
export { folderQueue, type Queue, type Waiting } from './queue.js';
export { fileState, type Memory, memoryState, type StateStore } from './state.js';

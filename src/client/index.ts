/** `thingstead/client`: for those who find, own and read Things. See `createClient`. */
export type { Field, FieldType, Moment, NodeName, Quality, Reading, ValueType } from '../domain/reading.js';
export type { Criterion } from '../domain/search.js';
export type { Tag } from '../domain/thing.js';
export type { FoundThing } from '../xep/0347-registry/search-codec.js';
export { type ClaimedThing, type Client, type ClientOptions, createClient, type ThingReference } from './client.js';
export { type FieldsDocument, fieldsDocument } from './fields-document.js';
export type { Outcome } from './outcome.js';
export type { Readout, ReadoutEnd } from './readout.js';
export type { ReadOptions } from './readouts.js';
export { registryAt } from './registry-at.js';
export { type CommandOptions, type CommandOutcome, type CommandValues, runCommand } from './run-command.js';
export type { Account, Started } from './session/session.js';
export type { TagValues } from './tag-values.js';

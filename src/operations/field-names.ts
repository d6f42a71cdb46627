import type { ThingContext } from './context.js';
import { type Field, MOST_OPTIONS, type Option } from './field.js';

/** The names of the fields that are wanted; none: all. They are taken as they are, to the character. */
export const FIELD_NAMES: Field<ReadonlySet<string>> = {
  type: 'list-multi',
  datatype: 'xs:string',
  label: 'Fields',
  description: 'Only fields of these names; none: all.',
  isRequired: false,
  isOpen: true,
  read: (values) => ({ ok: true, value: new Set(values) }),
};

/** Those that the Thing has reported, to choose from. */
export async function knownFieldNames({ services, thing }: ThingContext): Promise<readonly Option[]> {
  const names = await services.store.readings.fieldNames(thing.ownership.id, MOST_OPTIONS + 1);
  return names.map((name) => ({ value: name, label: name }));
}

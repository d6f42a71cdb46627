import { type FieldDescription, MOST_OPTIONS, type Option } from '../../operations/field.js';
import type { Operation } from '../../operations/operation.js';
import type { Done, Faults } from '../../operations/outcome.js';
import type { Given } from '../../operations/read-form.js';
import type { DataForm, FormField, Validation } from '../../xmpp/data-form.js';

/** The fields of a form with what they hold, and what is wrong with that. */
export function formOf(
  { label, about }: Operation,
  fields: Readonly<Record<string, FieldDescription>>,
  values: Given,
  faults: Faults,
): DataForm {
  return {
    type: 'form',
    title: label,
    instructions: [about],
    fields: Object.entries(fields).map(([name, field]) => fieldOf(name, field, values.get(name), faults.get(name))),
  };
}

/** Asks again before something dangerous is done. */
export function confirmationOf({ label }: Operation, question: string): DataForm {
  return { type: 'form', title: label, fields: [{ name: '', type: 'fixed', values: [question] }] };
}

/** A table, or a list of facts; a form of type result has one or the other. */
export function resultOf({ label }: Operation, { facts = [], table }: Done): DataForm | undefined {
  if (table !== undefined) {
    const columns = table.columns.map(({ name, label: shown }) => ({
      name,
      type: 'text-single' as const,
      label: shown,
    }));
    return { type: 'result', title: label, fields: [], table: { columns, rows: table.rows } };
  }
  if (facts.length === 0) return undefined;
  const fields = facts.map(({ name, label: shown, values }): FormField => {
    return { name, type: values.length > 1 ? 'text-multi' : 'text-single', label: shown, values };
  });
  return { type: 'result', title: label, fields };
}

/** The values of a submitted form, and the faults of fields that are in it more than once. */
export function givenOf({ fields }: DataForm): { readonly given: Given; readonly repeated: Faults } {
  const given = new Map<string, readonly string[]>();
  const repeated = new Map<string, string>();
  for (const { name, type, values } of fields) {
    if (type === 'fixed' || name === '') continue;
    if (given.has(name)) repeated.set(name, 'This is given more than once.');
    given.set(name, values);
  }
  return { given, repeated };
}

/** Fields with what there is to choose from now. */
export function withOptionsOf(
  fields: Readonly<Record<string, FieldDescription>>,
  options: ReadonlyMap<string, readonly Option[]>,
): Readonly<Record<string, FieldDescription>> {
  const filled = Object.entries(fields).map(([name, field]): [string, FieldDescription] => {
    const known = options.get(name);
    return [name, known === undefined ? field : withOptions(field, known)];
  });
  return Object.fromEntries(filled);
}

export function withOptions(field: FieldDescription, options: readonly Option[]): FieldDescription {
  return { ...field, options };
}

/**
 * A list that takes others than its options too (XEP-0122 `open`) is sent as a text where there are no options, or too many
 * for all to be among them: clients may refuse what is not an option (XEP-0004 section 3.3), and Profanity does.
 */
function fieldOf(
  name: string,
  { type, datatype, range, label, description, isRequired, isOpen, options = [], initial = [] }: FieldDescription,
  values: readonly string[] = initial,
  fault: string | undefined,
): FormField {
  const isListed = options.length > 0 && (isOpen !== true || options.length <= MOST_OPTIONS);
  const shownAs = isOpen === true && !isListed ? (AS_TEXT[type] ?? type) : type;
  return {
    name,
    type: shownAs,
    label,
    description: fault === undefined ? description : `${fault} ${description}`,
    ...(isRequired && { required: true }),
    ...(VALIDATED.has(shownAs) && { validation: validationOf(datatype, range, isOpen === true && shownAs === type) }),
    values: MULTIPLE.has(type) ? values : values.slice(0, 1),
    ...(isListed && { options }),
  };
}

function validationOf(datatype: string, range: FieldDescription['range'], isOpen: boolean): Validation {
  if (range === undefined) return { datatype, ...(isOpen && { open: true }) };
  const { min, max } = range;
  return { datatype, range: { min: String(min), ...(max !== undefined && { max: String(max) }) } };
}

const AS_TEXT: Readonly<Partial<Record<FieldDescription['type'], FieldDescription['type']>>> = {
  'list-single': 'text-single',
  'list-multi': 'text-multi',
};
const MULTIPLE: ReadonlySet<FieldDescription['type']> = new Set<FieldDescription['type']>(['list-multi', 'text-multi']);
/** XEP-0122 section 4.6: what it says nothing of is left alone. */
const VALIDATED: ReadonlySet<FieldDescription['type']> = new Set<FieldDescription['type']>([
  'text-single',
  'list-single',
  'list-multi',
]);

import { type Element, element } from './element.js';
import { type Decoded, Reader } from './reader.js';

export const DATA_FORMS = 'jabber:x:data';

const FORM_TYPES = ['form', 'submit', 'cancel', 'result'] as const;
const FIELD_TYPES = [
  'boolean',
  'fixed',
  'hidden',
  'jid-multi',
  'jid-single',
  'list-multi',
  'list-single',
  'text-multi',
  'text-private',
  'text-single',
] as const;

export type FormFieldType = (typeof FIELD_TYPES)[number];

export interface FormField {
  /** The attribute `var`. Empty for a `fixed` field, which is only read. */
  readonly name: string;
  readonly type?: FormFieldType;
  readonly label?: string;
  readonly values: readonly string[];
}

/** A data form (XEP-0004 version 2.13.2). */
export interface DataForm {
  readonly type: (typeof FORM_TYPES)[number];
  /** What the fields mean: the hidden field FORM_TYPE (XEP-0068), which is not among `fields`. */
  readonly formType?: string;
  readonly fields: readonly FormField[];
}

export function encodeForm({ type, formType, fields }: DataForm): Element {
  const meaning: readonly FormField[] =
    formType === undefined ? [] : [{ name: FORM_TYPE, type: 'hidden', values: [formType] }];
  return element('x', { xmlns: DATA_FORMS, type }, ...[...meaning, ...fields].map(encodeField));
}

/** Parts of a form that say how to show it, and a type of field that is not known, are passed over. */
export function decodeForm(form: Element): Decoded<DataForm> {
  const read = new Reader(form);
  const written = read.required('type');
  const type = FORM_TYPES.find((known) => known === written);
  if (type === undefined) read.refuse(`type must be one of ${FORM_TYPES.join(', ')}.`);
  const fields = form.getChildren('field', DATA_FORMS).map((child) => decodeField(child, read));
  const formType = fields.find((field) => field.name === FORM_TYPE)?.values[0];
  return read.end(
    type && {
      type,
      ...(formType !== undefined && { formType }),
      fields: fields.filter((field) => field.name !== FORM_TYPE),
    },
  );
}

const FORM_TYPE = 'FORM_TYPE';

function encodeField({ name, type, label, values }: FormField): Element {
  const attributes = { var: name === '' ? undefined : name, type, label };
  return element('field', attributes, ...values.map((value) => element('value', {}, value)));
}

function decodeField(child: Element, form: Reader): FormField {
  const read = new Reader(child);
  const type = FIELD_TYPES.find((known) => known === read.optional('type'));
  const label = read.optional('label');
  const name = type === 'fixed' ? read.string('var', '') : read.required('var');
  form.takeOver(read);
  return {
    name,
    ...(type !== undefined && { type }),
    ...(label !== undefined && { label }),
    values: child.getChildren('value', DATA_FORMS).map((value) => value.getText()),
  };
}

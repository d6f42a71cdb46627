import { type Element, element } from './element.js';
import { type Decoded, Reader } from './reader.js';

export const DATA_FORMS = 'jabber:x:data';
/** Data Forms Validation (XEP-0122 version 1.0.2). */
export const VALIDATION = 'http://jabber.org/protocol/xdata-validate';

export const FORM_TYPES = ['form', 'submit', 'cancel', 'result'] as const;
export const FIELD_TYPES = [
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
  readonly description?: string;
  readonly required?: true;
  readonly validation?: Validation;
  readonly values: readonly string[];
  /** Of a list. */
  readonly options?: readonly FormOption[];
}

export interface FormOption {
  readonly label?: string;
  readonly value: string;
}

/** What values of a field are; `open`: others than the options may be given too; `range`: from where to where, both included. */
export interface Validation {
  readonly datatype: string;
  readonly open?: true;
  readonly range?: Range;
}
export interface Range {
  readonly min?: string;
  readonly max?: string;
}

/** What a form of type `result` has in place of fields, where there is more than one item. */
export interface FormTable {
  readonly columns: readonly FormColumn[];
  /** Values in the order of the columns. */
  readonly rows: readonly (readonly string[])[];
}
export type FormColumn = Pick<FormField, 'name' | 'type' | 'label'>;

/** A data form (XEP-0004 version 2.13.2). */
export interface DataForm {
  readonly type: (typeof FORM_TYPES)[number];
  readonly title?: string;
  readonly instructions?: readonly string[];
  /** What the fields mean: the hidden field FORM_TYPE (XEP-0068), which is not among `fields`. */
  readonly formType?: string;
  readonly fields: readonly FormField[];
  readonly table?: FormTable;
}

export function encodeForm({ type, title, instructions = [], formType, fields, table }: DataForm): Element {
  const meaning: readonly FormField[] =
    formType === undefined ? [] : [{ name: FORM_TYPE, type: 'hidden', values: [formType] }];
  return element(
    'x',
    { xmlns: DATA_FORMS, type },
    textElement('title', title),
    ...instructions.map((text) => element('instructions', {}, text)),
    ...[...meaning, ...fields].map(encodeField),
    ...(table === undefined ? [] : encodeTable(table)),
  );
}

/** A type of field that is not known is passed over. */
export function decodeForm(form: Element): Decoded<DataForm> {
  const read = new Reader(form);
  const written = read.required('type');
  const type = FORM_TYPES.find((known) => known === written);
  if (type === undefined) read.refuse(`type must be one of ${FORM_TYPES.join(', ')}.`);
  const fields = children(form, 'field').map((child) => decodeField(child, read));
  const formType = fields.find((field) => field.name === FORM_TYPE)?.values[0];
  const [title] = textsOf(form, 'title');
  const instructions = textsOf(form, 'instructions');
  const table = decodeTable(form, read);
  return read.end(
    type && {
      type,
      ...(title !== undefined && { title }),
      ...(instructions.length > 0 && { instructions }),
      ...(formType !== undefined && { formType }),
      fields: fields.filter((field) => field.name !== FORM_TYPE),
      ...(table !== undefined && { table }),
    },
  );
}

const FORM_TYPE = 'FORM_TYPE';

function encodeField(field: FormField): Element {
  const { name, type, label, description, required, validation, values, options = [] } = field;
  return element(
    'field',
    { var: name === '' ? undefined : name, type, label },
    textElement('desc', description),
    required && element('required'),
    validation && encodeValidation(validation),
    ...values.map((value) => element('value', {}, value)),
    ...options.map((option) => element('option', { label: option.label }, element('value', {}, option.value))),
  );
}

function encodeValidation({ datatype, open, range }: Validation): Element {
  const bounded = range && element('range', { min: range.min, max: range.max });
  return element('validate', { xmlns: VALIDATION, datatype }, bounded ?? element(open === true ? 'open' : 'basic'));
}

function encodeTable({ columns, rows }: FormTable): Element[] {
  const reported = columns.map((column) => encodeField({ ...column, values: [] }));
  const itemOf = (row: readonly string[]): Element =>
    element('item', {}, ...columns.map(({ name }, at) => encodeField({ name, values: [row[at] ?? ''] })));
  return [element('reported', {}, ...reported), ...rows.map(itemOf)];
}

function decodeField(child: Element, form: Reader): FormField {
  const read = new Reader(child);
  const written = read.optional('type');
  const type = FIELD_TYPES.find((known) => known === written);
  const label = read.optional('label');
  // A submitted form need not give types (section 3.2), and slixmpp sends fixed fields back without.
  const name = type === 'fixed' || written === undefined ? read.string('var', '') : read.required('var');
  form.takeOver(read);
  const [description] = textsOf(child, 'desc');
  const [validate] = child.getChildren('validate', VALIDATION);
  const options = children(child, 'option').map(decodeOption);
  return {
    name,
    ...(type !== undefined && { type }),
    ...(label !== undefined && { label }),
    ...(description !== undefined && { description }),
    ...(children(child, 'required').length > 0 && { required: true }),
    ...(validate !== undefined && { validation: decodeValidation(validate) }),
    values: textsOf(child, 'value'),
    ...(options.length > 0 && { options }),
  };
}

function decodeOption(child: Element): FormOption {
  const label = new Reader(child).optional('label');
  const [value = ''] = textsOf(child, 'value');
  return { ...(label !== undefined && { label }), value };
}

function decodeValidation(child: Element): Validation {
  const isOpen = child.getChild('open', VALIDATION) !== undefined;
  const range = child.getChild('range', VALIDATION);
  return {
    datatype: new Reader(child).string('datatype', 'xs:string'),
    ...(isOpen && { open: true }),
    ...(range !== undefined && { range: decodeRange(range) }),
  };
}

function decodeRange(child: Element): Range {
  const read = new Reader(child);
  const [min, max] = [read.optional('min'), read.optional('max')];
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

function decodeTable(form: Element, read: Reader): FormTable | undefined {
  const [reported] = children(form, 'reported');
  if (reported === undefined) return undefined;
  const columns = children(reported, 'field').map((child): FormColumn => {
    const { name, type, label } = decodeField(child, read);
    return { name, ...(type !== undefined && { type }), ...(label !== undefined && { label }) };
  });
  const rows = children(form, 'item').map((item) => {
    const cells = new Map(children(item, 'field').map((child) => [child.attrs['var'], textsOf(child, 'value')[0]]));
    return columns.map(({ name }) => cells.get(name) ?? '');
  });
  return { columns, rows };
}

function children(parent: Element, name: string): Element[] {
  return parent.getChildren(name, DATA_FORMS);
}

function textsOf(parent: Element, name: string): string[] {
  return children(parent, name).map((child) => child.getText());
}

function textElement(name: string, text: string | undefined): Element | undefined {
  return text === undefined ? undefined : element(name, {}, text);
}

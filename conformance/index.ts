import type { Specification } from './requirement.js';
import { XEP_0004 } from './xep-0004.js';
import { XEP_0030 } from './xep-0030.js';
import { XEP_0050 } from './xep-0050.js';
import { XEP_0059 } from './xep-0059.js';
import { XEP_0082 } from './xep-0082.js';
import { XEP_0092 } from './xep-0092.js';
import { XEP_0106 } from './xep-0106.js';
import { XEP_0114 } from './xep-0114.js';
import { XEP_0122 } from './xep-0122.js';
import { XEP_0128 } from './xep-0128.js';
import { XEP_0184 } from './xep-0184.js';
import { XEP_0199 } from './xep-0199.js';
import { XEP_0202 } from './xep-0202.js';
import { XEP_0323 } from './xep-0323.js';
import { XEP_0324 } from './xep-0324.js';
import { XEP_0347 } from './xep-0347.js';

/** Every specification that is kept account of: the two that the component is for, then those around them. */
export const SPECIFICATIONS: readonly Specification[] = [
  XEP_0347,
  XEP_0323,
  XEP_0004,
  XEP_0030,
  XEP_0050,
  XEP_0059,
  XEP_0082,
  XEP_0092,
  XEP_0106,
  XEP_0114,
  XEP_0122,
  XEP_0128,
  XEP_0184,
  XEP_0199,
  XEP_0202,
  XEP_0324,
];

import { UnusableData } from '../../domain/ports.js';

/** Why a database cannot be opened, in words that tell an operator what to do. */
export class DatabaseFault extends UnusableData {
  override readonly name = 'DatabaseFault';
}

/** Why a database cannot be opened, in words that tell an operator what to do. */
export class DatabaseFault extends Error {
  override readonly name = 'DatabaseFault';
}

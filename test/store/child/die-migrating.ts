// Brings a database to a schema, and kills itself at the end of the last step: with all of it done, and not committed.
import Sqlite from 'better-sqlite3';
import { migrate } from '../../../src/store/sqlite/migrate.js';
import { MIGRATIONS } from '../../../src/store/sqlite/migrations/index.js';

const [file = '', version = ''] = process.argv.slice(2);
const db = new Sqlite(file);
db.pragma('journal_mode = WAL');
// Few pages are held in memory, so that most of what is not committed is in the log already.
db.pragma('cache_size = 2');
db.function('die', () => process.kill(process.pid, 'SIGKILL'));
const steps = MIGRATIONS.slice(0, Number(version));
migrate(db, [...steps.slice(0, -1), `${steps.at(-1)}; SELECT die();`]);
console.log('it lived');

import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { storeContract } from '../store-contract.js';

storeContract('SQLite', async (opening) => openSqliteStore({ file: ':memory:', ...opening }));
